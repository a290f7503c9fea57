/** Webhooks: addresses of clients that are told when jobs end, what they are told, and the log of it. */
import { z } from 'zod';
import { errorCodes } from '../errors.ts';
import { DeliveryId, JobId, WebhookId } from '../ids.ts';
import { FailDetails } from './frames.ts';
import { jobKinds } from './job-request.ts';
import { ResultSummary } from './job-result.ts';
import { pageLimit } from './page.ts';

/** What can be told: the ways in which a job ends. */
export const webhookTopics = [
  'job.succeeded',
  'job.failed',
  'job.canceled',
  'job.expired',
  'job.blocked',
] as const;
export const WebhookTopic = z.enum(webhookTopics);
export type WebhookTopic = z.infer<typeof WebhookTopic>;

/** The topic of the event that a client asks for to try its receiver. */
export const testTopic = 'webhook.test';

/** Webhooks of one project, at most. */
export const maxWebhooks = 20;

const instant = z.iso.datetime();
const url = z.url({ protocol: /^https$/, error: 'expected an https address' }).max(2048);
const topics = z
  .array(WebhookTopic)
  .min(1)
  .max(webhookTopics.length)
  .refine((list) => new Set(list).size === list.length, 'expected each topic once');

/** Make a webhook. */
export const CreateWebhookRequest = z.strictObject({
  url: url.describe(
    'Public https address that events are posted to, by name and on the usual port; required.',
  ),
  topics: topics.describe('What to tell; absent = every end of a job.').default([...webhookTopics]),
});
export type CreateWebhookRequest = z.infer<typeof CreateWebhookRequest>;

/** Change a webhook; what is absent stays as it is. */
export const UpdateWebhookRequest = z.strictObject({
  url: url.describe('Public https address that events are posted to from now on, retries too.').optional(),
  topics: topics.describe('What to tell from now on.').optional(),
  isDisabled: z
    .boolean()
    .describe('true stops it and ends all its waiting deliveries, false starts it again for what is to come.')
    .optional(),
});
export type UpdateWebhookRequest = z.infer<typeof UpdateWebhookRequest>;

/** A webhook as its owner sees it: everything but the secrets. */
export const WebhookView = z.object({
  id: WebhookId.describe('Id of the webhook.'),
  url: url.describe('Address that events are posted to.'),
  topics: topics.describe('What it is told.'),
  isDisabled: z
    .boolean()
    .describe('Whether it is told nothing: its owner stopped it, or its address answered 410 Gone.'),
  createdAt: instant.describe('When it was made, in UTC.'),
  previousSecretEndsAt: instant
    .nullable()
    .describe('Until when replaced secrets sign beside the current one, in UTC; null = there are none.'),
});
export type WebhookView = z.infer<typeof WebhookView>;

/** The webhooks of a project. */
export const WebhookList = z.object({
  webhooks: z.array(WebhookView).max(maxWebhooks).describe('The webhooks, the newest first.'),
});
export type WebhookList = z.infer<typeof WebhookList>;

/** A webhook whose secret was just made: the only answer that holds it. */
export const NewWebhookView = WebhookView.extend({
  secret: z
    .string()
    .max(100)
    .describe(
      'Secret to check signatures with, whsec_ and base64; shown this once. We keep it, as we sign with it.',
    ),
});
export type NewWebhookView = z.infer<typeof NewWebhookView>;

/** An event on its way to a webhook. */
export const DeliveryView = z.object({
  id: DeliveryId.describe('Id of the delivery, sent as webhook-id and the same in every attempt.'),
  topic: z.enum([...webhookTopics, testTopic]).describe('What is told.'),
  subject: z.string().max(64).describe('Id of the job that it tells of; of the webhook in tests.'),
  status: z
    .enum(['waiting', 'delivered', 'failed'])
    .describe('waiting while another attempt will follow; failed when none will.'),
  attempts: z.int().min(0).describe('Attempts so far, the one under way included.'),
  lastStatus: z.int().nullable().describe('HTTP status of the last answer; null = there was none.'),
  lastError: z
    .string()
    .max(2000)
    .nullable()
    .describe('Why the last attempt failed, with the beginning of the answer; null = it did not.'),
  createdAt: instant.describe('When the event was made ready for this webhook, in UTC.'),
  nextAttemptAt: instant.nullable().describe('When the next attempt follows, in UTC; null = none will.'),
  deliveredAt: instant.nullable().describe('When it was taken with a 2xx answer, in UTC; null = it was not.'),
});
export type DeliveryView = z.infer<typeof DeliveryView>;

/** Ask for a webhook's log. */
export const ListDeliveriesQuery = z.strictObject({
  limit: pageLimit,
  after: DeliveryId.describe('The next of the list before; absent = from the newest on.').optional(),
});
export type ListDeliveriesQuery = z.infer<typeof ListDeliveriesQuery>;

/** A webhook's log, the newest delivery first; it goes back thirty days. */
export const DeliveryList = z.object({
  deliveries: z.array(DeliveryView).max(100).describe('The deliveries, the newest first.'),
  next: DeliveryId.nullable().describe('What to send as after to get the next ones; null = no more.'),
});
export type DeliveryList = z.infer<typeof DeliveryList>;

/** The end of a job as a webhook is told it; its pictures and masks are had by asking for the job. */
export const JobEvent = z.object({
  type: WebhookTopic.describe('What is told.'),
  timestamp: instant.describe('When it happened, in UTC.'),
  data: z
    .object({
      id: JobId.describe('Id of the job.'),
      kind: z.enum(jobKinds).describe('Kind of job.'),
      status: z
        .enum(['succeeded', 'failed', 'canceled', 'expired', 'blocked'])
        .describe('State that it ended in.'),
      pictures: z.int().min(0).describe('Finished pictures that it has.'),
      microCredits: z.int().min(0).describe('Credits charged, in millionths.'),
      error: z
        .object({
          code: z.enum(errorCodes).describe('Code from the closed error table.'),
          detail: z.string().max(2000).describe('What was expected, what came, of which field.'),
          retryable: z.boolean().describe('Whether the same request may succeed later.'),
          details: z
            .object(FailDetails.shape)
            .describe('The same for programs; absent = no field is to blame.')
            .optional(),
        })
        .describe('Why it did not succeed; absent = it did.')
        .optional(),
      result: ResultSummary.describe(
        'What it found out, in short; asking for the job gives all of it; absent = nothing.',
      ).optional(),
      createdAt: instant.describe('When it was accepted, in UTC.'),
      finishedAt: instant.describe('When it ended, in UTC.'),
    })
    .describe('The job.'),
});
export type JobEvent = z.infer<typeof JobEvent>;

/** What a client asked for to try its receiver. */
export const TestEvent = z.object({
  type: z.literal(testTopic).describe('What is told.'),
  timestamp: instant.describe('When it was asked for, in UTC.'),
  data: z.object({ id: WebhookId.describe('Id of the webhook.') }).describe('The webhook.'),
});
export type TestEvent = z.infer<typeof TestEvent>;

/** The body of a post to a webhook; receivers ignore fields and types that they do not know. */
export const WebhookEvent = z.discriminatedUnion('type', [JobEvent, TestEvent]);
export type WebhookEvent = z.infer<typeof WebhookEvent>;
