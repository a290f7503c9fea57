/** The contracts that the document names; each becomes one schema under that name. */
import {
  CreateKeyRequest,
  KeyId,
  KeyList,
  KeyView,
  NewKeyView,
  RerollKeyRequest,
  UpdateKeyRequest,
} from '@darkroom/shared/contracts/api-key';
import {
  AssetList,
  AssetUpload,
  AssetView,
  CreateAssetRequest,
  ListAssetsQuery,
  StoreAssetQuery,
} from '@darkroom/shared/contracts/asset';
import { ClientTokenRequest, ClientTokenView } from '@darkroom/shared/contracts/client-token';
import { JobList, ListJobsQuery } from '@darkroom/shared/contracts/job-list';
import { jobKinds, requestContracts as jobRequests } from '@darkroom/shared/contracts/job-request';
import { JobResult } from '@darkroom/shared/contracts/job-result';
import { JobOutput, JobProgress, JobState, JobView } from '@darkroom/shared/contracts/job-view';
import { ModelList, ModelView } from '@darkroom/shared/contracts/model-view';
import { Problem } from '@darkroom/shared/contracts/problem';
import { Scope } from '@darkroom/shared/contracts/scopes';
import { BudgetView, UsageItem, UsageRequest, UsageView } from '@darkroom/shared/contracts/usage';
import {
  CreateWebhookRequest,
  DeliveryList,
  DeliveryView,
  JobEvent,
  ListDeliveriesQuery,
  NewWebhookView,
  TestEvent,
  UpdateWebhookRequest,
  WebhookList,
  WebhookView,
} from '@darkroom/shared/contracts/webhook';
import { AssetId, DeliveryId, JobId, WebhookId } from '@darkroom/shared/ids';
import { z } from 'zod';

const JobKind = z.enum(jobKinds);
const PoolName = z.string().min(1).max(64);

/** The kind in a request whose path says it already. */
const ofPath = <T extends z.ZodType>(kind: T) =>
  kind.describe(`${kind.description} Absent = as the path says.`).optional();
/** The contract without what it checks between fields, which a schema cannot say. */
const bodyOf = <S extends { readonly kind: z.ZodType }>({ shape }: { readonly shape: S }) =>
  z.strictObject({ ...shape, kind: ofPath(shape.kind) });

/** The edge is there. */
const HealthView = z.object({
  status: z.literal('ok').describe('That it answers.'),
  version: z.string().describe('Version of the edge.'),
});

/** All that requests need is there. */
const ReadyView = z.object({
  status: z.literal('ready').describe('That requests can be served.'),
  pools: z
    .record(
      z.string(),
      z.object({
        queued: z.int().min(0).describe('Jobs that wait.'),
        oldestWaitMs: z.int().min(0).describe('How long the oldest of them has waited; 0 = none waits.'),
        slots: z.int().min(0).describe('Jobs that can run at once.'),
        busySlots: z.int().min(0).describe('Jobs that run now.'),
        workers: z.int().min(0).describe('Workers that are connected.'),
      }),
    )
    .describe('How each pool fares, by its name.'),
});

/** Names that stand for one value, the same in requests and answers. */
export const valueContracts = {
  Scope,
  KeyId,
  AssetId,
  JobId,
  WebhookId,
  DeliveryId,
  JobKind,
  JobState,
  PoolName,
} as const;

/** Bodies that clients send; unknown fields are refused. */
export const requestContracts = {
  EditRequest: bodyOf(jobRequests.edit),
  GenerateRequest: bodyOf(jobRequests.generate),
  Img2ImgRequest: bodyOf(jobRequests.img2img),
  InpaintRequest: bodyOf(jobRequests.inpaint),
  SegmentRequest: bodyOf(jobRequests.segment),
  DetectRequest: bodyOf(jobRequests.detect),
  CaptionRequest: bodyOf(jobRequests.caption),
  SimilarityRequest: bodyOf(jobRequests.similarity),
  CreateAssetRequest,
  CreateKeyRequest,
  UpdateKeyRequest,
  RerollKeyRequest,
  ClientTokenRequest,
  CreateWebhookRequest,
  UpdateWebhookRequest,
} as const;

/** What addresses carry behind the question mark; each field becomes a parameter. */
export const queryContracts = {
  ListJobsQuery,
  ListAssetsQuery,
  StoreAssetQuery,
  UsageRequest,
  ListDeliveriesQuery,
} as const;

/** Bodies that clients get; they may come to hold more fields. */
export const answerContracts = {
  JobView,
  JobResult,
  JobOutput,
  JobProgress,
  JobList,
  AssetView,
  AssetUpload,
  AssetList,
  KeyView,
  NewKeyView,
  KeyList,
  ClientTokenView,
  ModelView,
  ModelList,
  UsageView,
  UsageItem,
  BudgetView,
  WebhookView,
  NewWebhookView,
  WebhookList,
  DeliveryView,
  DeliveryList,
  JobEvent,
  TestEvent,
  HealthView,
  ReadyView,
  Problem,
} as const;

export type ValueName = keyof typeof valueContracts;
export type RequestName = keyof typeof requestContracts;
export type QueryName = keyof typeof queryContracts;
export type AnswerName = keyof typeof answerContracts;
