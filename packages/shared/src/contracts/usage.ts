/** What a project used and what it cost. */
import { z } from 'zod';
import { KeyId } from './api-key.ts';
import { jobKinds } from './job-request.ts';

const day = z.iso.date();
const count = z.int().min(0);

/** Ask for usage. */
export const UsageRequest = z.strictObject({
  from: day.describe('First day, in UTC, as in 2026-11-25; absent = 29 days before the last.').optional(),
  to: day.describe('Last day, in UTC; absent = today.').optional(),
  key: KeyId.describe('Id of one key, with all that it replaced; absent = all keys.').optional(),
});
export type UsageRequest = z.infer<typeof UsageRequest>;

/** The most days that one answer tells of. */
export const maxUsageDays = 366;

/** What one key had billed on one day for one kind of job. */
export const UsageItem = z.object({
  day: day.describe('Day in UTC.'),
  key: KeyId.describe('Id of the first key of the line that was used.'),
  kind: z.enum(jobKinds).describe('Kind of job.'),
  jobs: count.describe('Jobs that were billed.'),
  pictures: count.describe('Pictures that were billed; those that belong to an answer are not.'),
  canceledSteps: count.describe('Steps of canceled jobs that were billed.'),
  microCredits: count.describe('What it cost, in micro-credits.'),
});
export type UsageItem = z.infer<typeof UsageItem>;

/** What may be spent, has been spent and has been promised, from the beginning on. */
export const BudgetView = z.object({
  capMicros: count.nullable().describe('Micro-credits that may be spent in all; null = no cap of its own.'),
  spentMicros: count.describe('Micro-credits that were spent.'),
  reservedMicros: count.describe('Micro-credits that jobs under way hold.'),
});
export type BudgetView = z.infer<typeof BudgetView>;

/** Usage of a project, or of one of its keys. */
export const UsageView = z.object({
  from: day.describe('First day that is told of.'),
  to: day.describe('Last day that is told of.'),
  items: z
    .array(UsageItem)
    .describe('By day, key and kind, the earliest day first; days without use are absent.'),
  budget: BudgetView.describe('Budget of the project, or of the key that was asked for.'),
});
export type UsageView = z.infer<typeof UsageView>;
