// What the pool's driver is asked for.
import { z } from 'zod';

export const drivePath = '/bench/drive';

/** How many jobs are handed over, and how many a second. */
export const Drive = z.strictObject({
  count: z.int().min(1).max(5_000),
  perSecond: z.number().positive(),
});
export type Drive = z.infer<typeof Drive>;
