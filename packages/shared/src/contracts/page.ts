import { z } from 'zod';

/** How many rows of a list to give, as it stands in an address. */
export const pageLimit = z
  .string()
  .regex(/^\d{1,3}$/, 'expected a whole number')
  .transform(Number)
  .pipe(z.int().min(1).max(100))
  .describe('How many at most, 1 to 100; absent = 20.')
  .default(20);
