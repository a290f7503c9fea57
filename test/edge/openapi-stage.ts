/** The document, and its routes one by one. */
import { buildDocument } from '@darkroom/edge/openapi/document';
import type { OpenApiDocument, OperationObject } from '@darkroom/edge/openapi/open-api';

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
