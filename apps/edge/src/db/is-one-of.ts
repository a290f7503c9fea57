import { type Column, type SQL, sql } from 'drizzle-orm';

/** Whether a column holds one of a list's values, however long it is: D1 takes a hundred parameters, this is one. */
export function isOneOf(column: Column, values: readonly string[]): SQL {
  return sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;
}
