/** The OpenAPI 3.1 document, built from the table of operations and the contracts. */
import { errorTable } from '@darkroom/shared/errors';
import { examples, valueExamples } from './examples.ts';
import { formSchemaOf, formType } from './form.ts';
import { guide } from './guide.ts';
import type { MediaType, OpenApiDocument, OperationObject, Parameter, ResponseObject } from './open-api.ts';
import { type Answer, errorsOf, type Operation } from './operation.ts';
import { operations } from './operations.ts';
import { requestHeaders } from './request-headers.ts';
import { answerHeaders, headers, rateLimitHeaders } from './response-headers.ts';
import { namedSchemas, queryFields, refTo, type Schema } from './schemas.ts';

const securitySchemes = {
  key: { type: 'http', scheme: 'bearer', description: 'A key (dk_…) or a client token (ek_…).' },
  worker: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A worker’s own short token.' },
} as const;

const tags = [
  { name: 'Jobs', description: 'What you ask for, how far it is, and what came of it.' },
  { name: 'Pictures', description: 'Photos that you send, kept for as long as you want.' },
  { name: 'Models', description: 'What does the work.' },
  { name: 'Usage', description: 'What was used, and what it cost.' },
  { name: 'Keys', description: 'Who may do what, and how much of it.' },
  { name: 'Webhooks', description: 'Your own server is told when a job ends.' },
  { name: 'Service', description: 'How the service fares, and what it is described by.' },
] as const;

function mediaOf(name: string): MediaType {
  if (name === 'bytes') return { schema: { type: 'string', format: 'binary' } };
  if (name === 'text') return { schema: { type: 'string' } };
  if (name === 'schema') return { schema: { type: 'object' } };
  const example: unknown = examples[name as keyof typeof examples];
  return { schema: { $ref: refTo(name) }, ...(example !== undefined && { example }) };
}

const contentOf = (content: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(content).map(([type, name]) => [type, mediaOf(name)]));

/** Bodies that clients send; one contract may come as JSON or as a form. */
function sentContentOf(
  content: Readonly<Record<string, string>>,
  schemas: Readonly<Record<string, Schema>>,
): Readonly<Record<string, MediaType>> {
  const { [formType]: form, ...others } = content;
  return {
    ...contentOf(others),
    ...(form !== undefined && { [formType]: { schema: formSchemaOf(form, schemas[form] ?? {}) } }),
  };
}

function answerOf({ meaning, content, headers: own = [] }: Answer, operation: Operation): ResponseObject {
  const names = [...own, ...(operation.isIdempotent ? (['idempotent-replayed'] as const) : [])];
  return {
    description: meaning,
    headers: { ...answerHeaders(names), ...(operation.access === 'public' ? {} : rateLimitHeaders) },
    ...(content && { content: contentOf(content) }),
  };
}

/** Failures by their status. */
function failuresOf(operation: Operation): Readonly<Record<string, ResponseObject>> {
  const byStatus = Map.groupBy(errorsOf(operation), (code) => errorTable[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => {
      const isRetryable = codes.some((code) => errorTable[code].retryable);
      const schema = {
        allOf: [{ $ref: refTo('Problem') }, { properties: { code: { enum: [...codes] } } }],
      };
      const failure: ResponseObject = {
        description: codes.map((code) => `${errorTable[code].title}.`).join(' '),
        headers: answerHeaders(isRetryable ? ['retry-after'] : []),
        content: { 'application/problem+json': { schema } },
        'x-codes': codes,
      };
      return [String(status), failure];
    }),
  );
}

function parametersOf({ names = {}, query, isIdempotent, headers: steering = [] }: Operation): Parameter[] {
  const inPath = Object.entries(names).map(
    ([name, value]): Parameter => ({
      name,
      in: 'path',
      required: true,
      schema: { $ref: refTo(value) },
      example: valueExamples[value],
    }),
  );
  const inQuery = (query ? queryFields(query) : []).map(
    ({ name, isRequired, schema: { description = '', ...schema } }): Parameter => ({
      name,
      in: 'query',
      required: isRequired,
      description,
      schema,
    }),
  );
  const inHeaders = [...(isIdempotent ? (['idempotency-key'] as const) : []), ...steering];
  return [...inPath, ...inQuery, ...inHeaders.map((name) => requestHeaders[name])];
}

function securityOf({ access, isForWorkers }: Operation): OperationObject['security'] {
  if (access !== 'public') return [{ key: [access] }];
  return isForWorkers ? [{ worker: [] }] : [];
}

/** Whether a body that is nothing but `{}` would do. */
function mayBeAbsent(content: Readonly<Record<string, string>>, schemas: Readonly<Record<string, Schema>>) {
  return Object.values(content).every((name) => schemas[name] && (schemas[name].required ?? []).length === 0);
}

function operationOf(operation: Operation, schemas: Readonly<Record<string, Schema>>): OperationObject {
  const { id, tag, summary, description, body, answers } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: securityOf(operation),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: !mayBeAbsent(body, schemas), content: sentContentOf(body, schemas) },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, answerOf(answer, operation)]),
      ),
      ...failuresOf(operation),
    },
  };
}

/** A router's path as OpenAPI spells it. */
export const openApiPath = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

function pathsOf(schemas: Readonly<Record<string, Schema>>): OpenApiDocument['paths'] {
  const byPath = Map.groupBy(operations, ({ path }) => openApiPath(path));
  return Object.fromEntries(
    [...byPath].map(([path, rows]) => [
      path,
      Object.fromEntries(rows.map((row) => [row.method.toLowerCase(), operationOf(row, schemas)])),
    ]),
  );
}

function eventOf(id: string, contract: 'JobEvent' | 'TestEvent', summary: string): { post: OperationObject } {
  return {
    post: {
      operationId: id,
      tags: ['Webhooks'],
      summary,
      security: [],
      requestBody: { required: true, content: contentOf({ 'application/json': contract }) },
      responses: { '2XX': { description: 'You have it.' } },
    },
  };
}

/** The document of a version of the edge. */
export function buildDocument(version: string): OpenApiDocument {
  const schemas = namedSchemas();
  return {
    openapi: '3.1.1',
    info: { title: 'Darkroom', version, description: guide },
    servers: [{ url: '/' }],
    tags,
    paths: pathsOf(schemas),
    webhooks: {
      jobEnded: eventOf('jobEnded', 'JobEvent', 'A job has ended'),
      test: eventOf('webhookTest', 'TestEvent', 'You asked for a test'),
    },
    components: { schemas, headers, securitySchemes },
    'x-errors': errorTable,
  };
}
