/** JSON Schemas of the contracts, each once and by its name. */
import { z } from 'zod';
import {
  answerContracts,
  type QueryName,
  queryContracts,
  requestContracts,
  valueContracts,
} from './contracts.ts';

export type Schema = z.core.JSONSchema.BaseSchema;

/** Where a schema is found in the document. */
export const refTo = (name: string): string => `#/components/schemas/${name}`;

/** What is the same for every reader, or holds only while we do not change it. */
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Schema }): void {
  const { def } = zodSchema._zod;
  // The format says it all; the pattern that goes with it fills a screen.
  if (jsonSchema.format?.startsWith('date')) delete jsonSchema.pattern;
  // Only contracts that refuse unknown fields say so; readers of the others must expect more to come.
  if (def.type === 'object' && !('catchall' in def && def.catchall)) delete jsonSchema.additionalProperties;
}

/** One direction's schemas; those of the values are there to be referred to. */
function schemasOf(contracts: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output') {
  const registry = z.registry<{ id: string }>();
  for (const [id, contract] of Object.entries({ ...valueContracts, ...contracts }))
    registry.add(contract, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: refTo, io, override: tidy });
  return Object.entries(schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema]);
}

/** All schemas that the document names. */
export function namedSchemas(): Readonly<Record<string, Schema>> {
  return Object.fromEntries([
    ...schemasOf(requestContracts, 'input'),
    ...schemasOf(answerContracts, 'output'),
  ]);
}

/** The fields of a query, each with its schema and whether it must be there. */
export function queryFields(
  name: QueryName,
): readonly { readonly name: string; readonly isRequired: boolean; readonly schema: Schema }[] {
  const contract = queryContracts[name];
  const { required = [] } = z.toJSONSchema(contract, { io: 'input' });
  // Addresses hold text; what it stands for is what a reader wants to know.
  const { properties = {} } = z.toJSONSchema(contract, { io: 'output', override: tidy });
  return Object.entries(properties).map(([field, schema]) => ({
    name: field,
    isRequired: required.includes(field),
    schema: schema as Schema,
  }));
}
