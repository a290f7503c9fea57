/**
 * The tables of D1. Money is integer micro-credits, times are integer milliseconds since 1970, every row names its
 * project. Migrations are generated from here: `npm run db:generate`.
 */
import { KeyLimits } from '@darkroom/shared/contracts/api-key';
import { OutputObject } from '@darkroom/shared/contracts/frames';
import { JobRequest, jobKinds } from '@darkroom/shared/contracts/job-request';
import { JobResult } from '@darkroom/shared/contracts/job-result';
import { JobView, jobStates } from '@darkroom/shared/contracts/job-view';
import type { PriceId } from '@darkroom/shared/pricing';
import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { z } from 'zod';
import { jsonColumn } from './json-column.ts';

const projectId = () => text('project_id').notNull();
const createdAtMs = () => integer('created_at_ms').notNull();
const StringList = z.array(z.string());

/** Who owns everything else. */
export const projects = sqliteTable('projects', {
  id: text().primaryKey(),
  name: text().notNull(),
  createdAtMs: createdAtMs(),
  /** How long pictures and jobs are kept; null = until they are deleted. */
  retentionMs: integer('retention_ms'),
});

export const keys = sqliteTable(
  'keys',
  {
    id: text().primaryKey(),
    projectId: projectId(),
    /** The first key of its line, on which budgets and usage are counted. */
    identityId: text('identity_id').notNull(),
    name: text().notNull(),
    environment: text({ enum: ['live', 'test'] }).notNull(),
    pepperVersion: integer('pepper_version').notNull(),
    digest: text().notNull(),
    scopes: jsonColumn(StringList).notNull(),
    models: jsonColumn(StringList),
    limits: jsonColumn(KeyLimits).notNull(),
    createdAtMs: createdAtMs(),
    expiresAtMs: integer('expires_at_ms'),
    revokedAtMs: integer('revoked_at_ms'),
    disabledAtMs: integer('disabled_at_ms'),
    replacedById: text('replaced_by_id'),
  },
  (table) => [index('keys_of_project').on(table.projectId, table.createdAtMs)],
);

/** Numbers that only grow, such as the version of all keys together. */
export const counters = sqliteTable('counters', {
  name: text().primaryKey(),
  value: integer().notNull(),
});

/** What a project or a key may spend, has spent and has promised; a job counts on both. */
export const budgets = sqliteTable(
  'budgets',
  {
    projectId: projectId(),
    /** The project itself, or the identity of one of its keys. */
    holderId: text('holder_id').notNull(),
    /** Null = no cap of its own. */
    capMicros: integer('cap_micros'),
    spentMicros: integer('spent_micros').notNull().default(0),
    reservedMicros: integer('reserved_micros').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.holderId] }),
    // The ledger keeps these by itself; a mistake in it must abort its transaction, not change a balance.
    check('budgets_spent', sql`${table.spentMicros} BETWEEN 0 AND 9007199254740991`),
    check('budgets_reserved', sql`${table.reservedMicros} BETWEEN 0 AND 9007199254740991`),
  ],
);

/** Uploaded pictures. */
export const assets = sqliteTable(
  'assets',
  {
    id: text().primaryKey(),
    projectId: projectId(),
    keyId: text('key_id').notNull(),
    objectKey: text('object_key').notNull(),
    sha256: text(),
    sizeBytes: integer('size_bytes'),
    mime: text(),
    width: integer(),
    height: integer(),
    createdAtMs: createdAtMs(),
    /** When the bytes were checked; null = they are still awaited. */
    finalizedAtMs: integer('finalized_at_ms'),
    /** When the bytes and this row are erased; null = when someone deletes them. */
    eraseAtMs: integer('erase_at_ms'),
  },
  (table) => [
    index('assets_of_project').on(table.projectId, table.id),
    index('assets_awaited').on(table.createdAtMs).where(sql`${table.finalizedAtMs} IS NULL`),
    index('assets_to_erase').on(table.eraseAtMs).where(sql`${table.eraseAtMs} IS NOT NULL`),
  ],
);

export const jobs = sqliteTable(
  'jobs',
  {
    id: text().primaryKey(),
    projectId: projectId(),
    /** Identity of the key that pays. */
    keyId: text('key_id').notNull(),
    kind: text({ enum: jobKinds }).notNull(),
    state: text({ enum: jobStates }).notNull().default('queued'),
    /** The highest fence seen; reports of lower ones are stale. */
    fence: integer().notNull().default(0),
    pool: text().notNull(),
    requestId: text('request_id').notNull(),
    request: jsonColumn(JobRequest).notNull(),
    /** Null = its kind has no words to decide. */
    prompt: jsonColumn(JobView.shape.prompt.unwrap()),
    /** Null = its kind draws no noise. */
    seed: integer(),
    model: jsonColumn(JobView.shape.model).notNull(),
    priceId: text('price_id').$type<PriceId>().notNull(),
    pictureMicros: integer('picture_micros').notNull(),
    pictures: integer().notNull(),
    /** Denoising steps of one picture. */
    steps: integer().notNull(),
    /** What budgets hold for it now; 0 once it ended. */
    reservedMicros: integer('reserved_micros').notNull(),
    chargedMicros: integer('charged_micros').notNull().default(0),
    error: jsonColumn(JobView.shape.error.unwrap()),
    createdAtMs: createdAtMs(),
    startedAtMs: integer('started_at_ms'),
    finishedAtMs: integer('finished_at_ms'),
    /** When it expires if it has not ended. */
    deadlineAtMs: integer('deadline_at_ms').notNull(),
    cancelRequestedAtMs: integer('cancel_requested_at_ms'),
    eraseAtMs: integer('erase_at_ms'),
  },
  (table) => [
    index('jobs_of_project').on(table.projectId, table.id),
    index('jobs_of_project_in_state').on(table.projectId, table.state, table.id),
    index('jobs_open').on(table.deadlineAtMs).where(sql`${table.finishedAtMs} IS NULL`),
    index('jobs_to_erase').on(table.eraseAtMs).where(sql`${table.eraseAtMs} IS NOT NULL`),
  ],
);

/** The finished pictures of a job, in order. */
export const jobOutputs = sqliteTable(
  'job_outputs',
  {
    jobId: text('job_id').notNull(),
    position: integer().notNull(),
    projectId: projectId(),
    objectKey: text('object_key').notNull(),
    sha256: text().notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    mime: text({ enum: ['image/png', 'image/jpeg', 'image/webp'] }).notNull(),
    width: integer().notNull(),
    height: integer().notNull(),
    maskReport: jsonColumn(OutputObject.shape.maskReport.unwrap()),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.position] })],
);

/** What jobs found out; beside their rows, which are read often and in numbers. */
export const jobResults = sqliteTable('job_results', {
  jobId: text('job_id').primaryKey(),
  projectId: projectId(),
  result: jsonColumn(JobResult).notNull(),
});

/** What was billed: one row for each delivered picture, for an answer, or for the steps of a canceled job. */
export const usage = sqliteTable(
  'usage',
  {
    jobId: text('job_id').notNull(),
    item: text().notNull(),
    projectId: projectId(),
    keyId: text('key_id').notNull(),
    kind: text({ enum: jobKinds }).notNull(),
    priceId: text('price_id').$type<PriceId>().notNull(),
    quantity: integer().notNull(),
    micros: integer().notNull(),
    atMs: integer('at_ms').notNull(),
    /** When a billing system took it; null = not yet. */
    exportedAtMs: integer('exported_at_ms'),
  },
  (table) => [
    primaryKey({ columns: [table.jobId, table.item] }),
    index('usage_of_project').on(table.projectId, table.atMs),
    index('usage_to_export').on(table.atMs).where(sql`${table.exportedAtMs} IS NULL`),
  ],
);

/** Side effects still to be told to others; written with what they tell of. */
export const outbox = sqliteTable(
  'outbox',
  {
    /** Made of its subject and topic, so that what is told twice is known by its name. */
    id: text().primaryKey(),
    projectId: projectId(),
    topic: text().notNull(),
    subjectId: text('subject_id').notNull(),
    createdAtMs: createdAtMs(),
    sentAtMs: integer('sent_at_ms'),
  },
  (table) => [index('outbox_unsent').on(table.createdAtMs).where(sql`${table.sentAtMs} IS NULL`)],
);

export const webhookEndpoints = sqliteTable(
  'webhook_endpoints',
  {
    id: text().primaryKey(),
    projectId: projectId(),
    url: text().notNull(),
    topics: jsonColumn(StringList).notNull(),
    /** Signing secrets, the newest first; those that it replaced sign until they end. */
    secrets: jsonColumn(
      z.array(z.strictObject({ text: z.string(), endsAtMs: z.int().nullable() })),
    ).notNull(),
    createdAtMs: createdAtMs(),
    disabledAtMs: integer('disabled_at_ms'),
  },
  (table) => [index('webhook_endpoints_of_project').on(table.projectId, table.id)],
);

export const webhookDeliveries = sqliteTable(
  'webhook_deliveries',
  {
    id: text().primaryKey(),
    projectId: projectId(),
    endpointId: text('endpoint_id').notNull(),
    outboxId: text('outbox_id').notNull(),
    attempts: integer().notNull().default(0),
    lastStatus: integer('last_status'),
    lastError: text('last_error'),
    createdAtMs: createdAtMs(),
    /** Null = there will be no further attempt. */
    nextAttemptAtMs: integer('next_attempt_at_ms'),
    deliveredAtMs: integer('delivered_at_ms'),
  },
  (table) => [
    uniqueIndex('webhook_deliveries_once').on(table.endpointId, table.outboxId),
    index('webhook_deliveries_of_endpoint').on(table.projectId, table.endpointId, table.createdAtMs),
    index('webhook_deliveries_due')
      .on(table.nextAttemptAtMs)
      .where(sql`${table.nextAttemptAtMs} IS NOT NULL`),
  ],
);

/** Answers to requests that may come again. */
export const idempotencyRecords = sqliteTable(
  'idempotency_records',
  {
    /** The project, the route, and what narrows the caller further. */
    scope: text().notNull(),
    key: text().notNull(),
    projectId: projectId(),
    requestHash: text('request_hash').notNull(),
    claimId: text('claim_id').notNull(),
    resourceId: text('resource_id').notNull(),
    lockedUntilMs: integer('locked_until_ms').notNull(),
    answer: jsonColumn(
      z.strictObject({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string() }),
    ),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.scope, table.key] }),
    index('idempotency_records_ended').on(table.expiresAtMs),
  ],
);
