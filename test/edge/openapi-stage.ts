/** An edge with every route that is documented. */
import type { App } from '@darkroom/edge/app';
import type { Deps } from '@darkroom/edge/deps';
import { buildDocument } from '@darkroom/edge/openapi/document';
import type { OpenApiDocument, OperationObject } from '@darkroom/edge/openapi/open-api';
import { assets } from '@darkroom/edge/routes/assets';
import { models } from '@darkroom/edge/routes/models';
import { openApi } from '@darkroom/edge/routes/openapi';
import { reference } from '@darkroom/edge/routes/reference';
import { webhooks } from '@darkroom/edge/routes/webhooks';
import { type EdgeOptions, type EdgeUnderTest, edgeUnderTest } from './edge-app.ts';

/** Routes that stand on their own; those that the application mounts by itself are left to it. */
function mountMissing(app: App, deps: Deps): void {
  const isMounted = (path: string) => app.routes.some((route) => route.path === path);
  if (!isMounted('/v1/assets')) app.route('/v1/assets', assets(deps));
  if (!isMounted('/v1/models')) app.route('/v1/models', models(deps));
  if (!isMounted('/v1/webhooks')) app.route('/v1/webhooks', webhooks(deps));
  if (!isMounted('/openapi.json')) app.route('/openapi.json', openApi(deps));
  if (!isMounted('/reference')) app.route('/reference', reference(deps));
}

export async function documentedEdge(options: EdgeOptions = {}): Promise<EdgeUnderTest> {
  const edge = await edgeUnderTest(options);
  mountMissing(edge.app, edge.deps);
  return edge;
}

export const apiDocument: OpenApiDocument = buildDocument('1.2.3');

/** An operation as the document has it. */
export interface DocumentedRoute {
  readonly method: string;
  readonly path: string;
  readonly operation: OperationObject;
}

export const documentedRoutes: readonly DocumentedRoute[] = Object.entries(apiDocument.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);
