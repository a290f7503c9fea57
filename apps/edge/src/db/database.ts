import type { D1Database } from '@cloudflare/workers-types';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';

/** The edge's database, as queries see it. */
export type Database = DrizzleD1Database;

/** The database behind a D1 binding. */
export function openDatabase(binding: D1Database): Database {
  return drizzle(binding);
}
