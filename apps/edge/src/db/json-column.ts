import { customType } from 'drizzle-orm/sqlite-core';
import type { z } from 'zod';

/**
 * A column of JSON, parsed by its contract whenever a row is read: a database outlives the code that wrote it.
 *
 * @example request: jsonColumn(JobRequest).notNull()
 */
export function jsonColumn<T extends z.ZodType>(contract: T) {
  return customType<{ data: z.output<T>; driverData: string }>({
    dataType: () => 'text',
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (text) => contract.parse(JSON.parse(text)),
  })();
}
