import { Column, getTableColumns, is, SQL, sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';

/** The values of a row; each may be an expression instead. */
export type RowExpressions<T extends SQLiteTable> = {
  readonly [K in keyof T['$inferInsert']]: T['$inferInsert'][K] | SQL | Column;
};

/**
 * A row as a selection, for inserts that depend on a condition or on other rows.
 *
 * @param rest what follows the values: `FROM …` or `WHERE …`
 * @example db.insert(outbox).select(selectRow(outbox, { …, projectId: jobs.projectId }, sql`FROM ${jobs} WHERE ${isOurs}`))
 */
export function selectRow<T extends SQLiteTable>(table: T, row: RowExpressions<T>, rest: SQL): SQL {
  const byName: Readonly<Record<string, unknown>> = row;
  const values = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const value = byName[name];
    return is(value, SQL) || is(value, Column) ? value : sql.param(value ?? null, column);
  });
  return sql`SELECT ${sql.join(values, sql`, `)} ${rest}`;
}
