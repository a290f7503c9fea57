import { routeAccess } from '@darkroom/edge/middleware/require-scope';
import { answerContracts, requestContracts, valueContracts } from '@darkroom/edge/openapi/contracts';
import { examples, valueExamples } from '@darkroom/edge/openapi/examples';
import { operations } from '@darkroom/edge/openapi/operations';
import { errorCodes, errorTable } from '@darkroom/shared/errors';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { edgeUnderTest } from './edge-app.ts';
import { apiDocument, documentedRoutes } from './openapi-stage.ts';

/** Everything that a part of the document refers to. */
function refsIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) =>
    name === '$ref' && typeof value === 'string' ? [value] : refsIn(value),
  );
}

const found = (ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], apiDocument);

describe('the table of operations', () => {
  test('has one row for every route of the application, with the same scope, and no other', async () => {
    const { app } = await edgeUnderTest();
    const rows = operations.map(({ method, path, access }) => `${method} ${path} ${access}`);
    const routes = routeAccess(app).map(({ method, path, access }) => `${method} ${path} ${access}`);
    expect(rows.toSorted()).toEqual(routes.toSorted());
  });

  test('gives every operation a name of its own', () => {
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
  });

  test.each(operations)(
    'names in $id what its path and its answers hold',
    ({ path, names = {}, answers }) => {
      expect([...path.matchAll(/:(\w+)/g)].map(([, name]) => name)).toEqual(Object.keys(names));
      expect(Object.keys(answers).length).toBeGreaterThan(0);
    },
  );
});

describe('the document', () => {
  test('refers only to what it holds', () => {
    const refs = refsIn(apiDocument);
    expect(refs.length).toBeGreaterThan(100);
    for (const ref of refs) expect(found(ref), ref).toBeDefined();
  });

  test('holds no schema that nothing leads to', () => {
    const reached = new Set<string>();
    const visit = (part: unknown): void => {
      for (const ref of refsIn(part).filter((one) => !reached.has(one))) {
        reached.add(ref);
        visit(found(ref));
      }
    };
    visit([apiDocument.paths, apiDocument.webhooks]);
    for (const name of Object.keys(apiDocument.components.schemas))
      expect(reached, name).toContain(`#/components/schemas/${name}`);
  });

  test('holds every contract under its name', () => {
    const names = [valueContracts, requestContracts, answerContracts].flatMap((table) => Object.keys(table));
    expect(Object.keys(apiDocument.components.schemas).toSorted()).toEqual(names.toSorted());
  });

  test('says of requests that they refuse unknown fields, and of answers that more may come', () => {
    const { schemas } = apiDocument.components;
    for (const name of Object.keys(requestContracts)) expect(schemas[name]?.additionalProperties).toBe(false);
    for (const name of Object.keys(answerContracts))
      expect(schemas[name]?.additionalProperties).toBeUndefined();
  });

  test('has a sentence on every field that is sent or got', () => {
    for (const [name, { properties = {} }] of Object.entries(apiDocument.components.schemas))
      for (const [field, schema] of Object.entries(properties))
        expect((schema as { description?: string }).description, `${name}.${field}`).toMatch(/\S.*\.$/);
  });

  test.each(documentedRoutes)('tells of $operation.operationId how it fails', ({ operation }) => {
    const failures = Object.entries(operation.responses).filter(([, one]) => one['x-codes']);
    for (const [status, { content, 'x-codes': codes = [] }] of failures) {
      expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
      for (const code of codes) expect(String(errorTable[code].status)).toBe(status);
    }
    const codes = failures.flatMap(([, one]) => one['x-codes'] ?? []);
    expect(codes).toContain('internal');
    if (!operation.security[0]?.['key']) return;
    for (const code of ['unauthenticated', 'forbidden', 'rate_limited'] as const)
      expect(codes).toContain(code);
    for (const [status, { headers = {} }] of Object.entries(operation.responses))
      if (status.startsWith('2')) expect(Object.keys(headers)).toContain('ratelimit');
  });

  test('uses each tag that it describes, and no other', () => {
    const used = new Set(documentedRoutes.flatMap(({ operation }) => operation.tags));
    expect([...used].toSorted()).toEqual(apiDocument.tags.map(({ name }) => name).toSorted());
  });

  test('holds the whole table of errors', () => {
    expect(Object.keys(apiDocument['x-errors'])).toEqual(errorCodes);
  });
});

describe('the document, of requests', () => {
  test('takes jobs as JSON and as forms, in which pictures may be files', () => {
    const content = apiDocument.paths['/v1/edits']?.['post']?.requestBody?.content ?? {};
    expect(content['application/json']?.schema).toEqual({ $ref: '#/components/schemas/EditRequest' });
    const form = content['multipart/form-data']?.schema ?? {};
    expect(form.required).toEqual(['image', 'prompt']);
    expect(form.properties).toMatchObject({
      image: { anyOf: [{ format: 'binary' }, { $ref: '#/components/schemas/AssetId' }] },
      steps: { type: 'integer', minimum: 1 },
    });
    expect(Object.keys(form.properties ?? {})).not.toContain('kind');
  });

  test('names the headers that steer them', () => {
    const named = (path: string, method: string) =>
      (apiDocument.paths[path]?.[method]?.parameters ?? [])
        .filter((one) => one.in === 'header')
        .map(({ name }) => name);
    expect(named('/v1/edits', 'post')).toEqual(['Idempotency-Key', 'Prefer']);
    expect(named('/v1/jobs/{id}/events', 'get')).toEqual(['Last-Event-ID']);
    expect(named('/v1/jobs', 'get')).toEqual([]);
  });

  test('shows queries as the values that their texts stand for', () => {
    const list = apiDocument.paths['/v1/assets']?.['get'];
    expect(list?.parameters).toMatchObject([
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', default: 20 } },
      { name: 'after', in: 'query', required: false, schema: { type: 'string' } },
    ]);
  });
});

describe('the examples', () => {
  const contracts: Readonly<Record<string, z.ZodType>> = { ...requestContracts, ...answerContracts };

  test.each(Object.entries(examples))('of %s is what its contract says', (name, example) => {
    const parsed = contracts[name]?.safeParse(example);
    expect(parsed?.error?.issues).toBeUndefined();
    expect(parsed?.data).toMatchObject(example as object);
  });

  test.each(Object.entries(valueExamples))('of %s is what its contract says', (name, example) => {
    expect(valueContracts[name as keyof typeof valueContracts].safeParse(example).success).toBe(true);
  });

  test('are there for every body of a request in JSON', () => {
    for (const name of Object.keys(requestContracts)) expect(Object.keys(examples)).toContain(name);
  });
});

describe('GET /openapi.json', () => {
  test('gives the document to everybody, and may be kept and asked for by its tag', async () => {
    const { app } = await edgeUnderTest();
    const first = await app.request('/openapi.json');
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toBe('application/json');
    expect(first.headers.get('cache-control')).toBe('public, max-age=300');
    expect(await first.json()).toEqual(JSON.parse(JSON.stringify(apiDocument)));
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    const second = await app.request('/openapi.json', { headers });
    expect([second.status, await second.text()]).toEqual([304, '']);
  });
});
