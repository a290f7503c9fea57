/** One example of what readers meet most; a test reads each by its contract. */
import type { Problem } from '@darkroom/shared/contracts/problem';
import type { AnswerName, RequestName, ValueName } from './contracts.ts';

const assetId = 'asset_01m88rq2n0c5x9t7k3vw1hdzg4';
const maskId = 'asset_01m88rqx5d7v2f0s6nb4eytk81';
const jobId = 'job_01m88rs4e8y2b6m0qf9r5ax7dk';
const webhookId = 'webhook_01m88rt0b2z8n4w6jh3p5ckevg';
const deliveryId = 'delivery_01m88rtq7m9f1d5s8ya2x4gbnc';
const keyId = '7Qm2Xw9LfA3c';
const sha256 = '9f2c1e7a5b8d4036c1f0e2d3a4b59687786950413f2e1d0c9b8a7f6e5d4c3b2a';
const address = 'https://pictures.example.com/p/asset?signature=…';
const at = (time: string) => `2026-11-25T${time}.000Z`;

const key = {
  id: keyId,
  name: 'Shop backend',
  environment: 'live',
  status: 'active',
  scopes: ['edits:write', 'jobs:read', 'assets:write'],
  models: null,
  limits: { requestsPerMinute: 600, concurrency: 20, spendCapMicros: 50_000_000 },
  createdAt: at('09:00:00'),
  expiresAt: null,
  replacedBy: null,
};
const asset = {
  id: assetId,
  status: 'ready',
  mime: 'image/jpeg',
  width: 4032,
  height: 3024,
  bytes: 3_204_817,
  sha256,
  url: address,
  expiresAt: at('10:00:00'),
  upload: null,
  createdAt: at('09:00:00'),
  eraseAt: null,
};
const webhook = {
  id: webhookId,
  url: 'https://hooks.example.com/darkroom',
  topics: ['job.succeeded', 'job.failed'],
  isDisabled: false,
  createdAt: at('09:00:00'),
  previousSecretEndsAt: null,
};
const delivery = {
  id: deliveryId,
  topic: 'job.succeeded',
  subject: jobId,
  status: 'delivered',
  attempts: 1,
  lastStatus: 204,
  lastError: null,
  createdAt: at('09:00:07'),
  nextAttemptAt: null,
  deliveredAt: at('09:00:07'),
};
const request = { image: assetId, prompt: 'make it a snowy night', steps: 12 };
const job = {
  id: jobId,
  kind: 'edit',
  status: 'succeeded',
  outputs: [
    {
      url: 'https://pictures.example.com/out/job/0.png?signature=…',
      expiresAt: at('10:00:09'),
      width: 4032,
      height: 3024,
      mime: 'image/png',
      bytes: 18_400_226,
      sha256,
    },
  ],
  prompt: {
    original: request.prompt,
    enhanced: 'make it night and add snow',
    notes: ['Worded as the model knows it.'],
  },
  seed: 2_718_281_828,
  model: { id: 'darkroom/edit', sha256 },
  progress: { position: 0, step: 12, steps: 12, pct: 100, etaMs: 0 },
  usage: { microCredits: 6000, priceId: '2026-11' },
  createdAt: at('09:00:01'),
  startedAt: at('09:00:02'),
  cancelRequestedAt: null,
  finishedAt: at('09:00:07'),
  eraseAt: null,
};
const detections = {
  kind: 'detect',
  detections: [{ label: 'dog', score: 0.91, box: [312.4, 220.8, 1_208.5, 1_604.1] }],
};
const budget = { capMicros: 50_000_000, spentMicros: 1_284_000, reservedMicros: 6_000 };

export const valueExamples: Readonly<Record<ValueName, string>> = {
  Scope: 'jobs:read',
  KeyId: keyId,
  AssetId: assetId,
  JobId: jobId,
  WebhookId: webhookId,
  DeliveryId: deliveryId,
  JobKind: 'edit',
  JobState: 'succeeded',
  PoolName: 'default',
};

export const examples: Partial<Record<RequestName | AnswerName, unknown>> = {
  EditRequest: request,
  GenerateRequest: { prompt: 'a lighthouse on a cliff, evening light', width: 512, height: 512 },
  Img2ImgRequest: { image: assetId, prompt: 'a watercolour of a harbour', strength: 0.6 },
  InpaintRequest: { image: assetId, mask: maskId, prompt: 'a wooden bench' },
  SegmentRequest: {
    image: assetId,
    points: [
      { x: 350, y: 450 },
      { x: 400, y: 300, label: 0 },
    ],
  },
  DetectRequest: { image: assetId, queries: ['dog', 'red car'] },
  CaptionRequest: { image: assetId },
  SimilarityRequest: { image: assetId, texts: ['a dog on a beach', 'a city at night'] },
  JobResult: detections,
  JobView: job,
  JobList: { jobs: [job], next: null },
  CreateAssetRequest: { mime: 'image/jpeg', sizeBytes: 3_204_817 },
  AssetView: asset,
  AssetList: { assets: [asset], next: null },
  CreateKeyRequest: { name: key.name, scopes: key.scopes, limits: { spendCapMicros: 50_000_000 } },
  UpdateKeyRequest: { isDisabled: true },
  RerollKeyRequest: { overlapSeconds: 86_400 },
  KeyView: key,
  NewKeyView: { ...key, key: 'dk_live_…' },
  KeyList: { keys: [key] },
  ClientTokenRequest: { asset: assetId, kind: 'edit', ttlSeconds: 300 },
  ClientTokenView: { token: 'ek_…', asset: assetId, kind: 'edit', expiresAt: at('09:05:00') },
  ModelList: { models: [{ id: 'darkroom/edit', kinds: ['edit'], isOnline: true, sha256 }] },
  UsageView: {
    from: '2026-11-25',
    to: '2026-11-25',
    items: [
      {
        day: '2026-11-25',
        key: keyId,
        kind: 'edit',
        jobs: 214,
        pictures: 214,
        canceledSteps: 0,
        microCredits: 1_284_000,
      },
    ],
    budget,
  },
  CreateWebhookRequest: { url: webhook.url, topics: webhook.topics },
  UpdateWebhookRequest: { isDisabled: true },
  WebhookView: webhook,
  NewWebhookView: { ...webhook, secret: 'whsec_…' },
  WebhookList: { webhooks: [webhook] },
  DeliveryView: delivery,
  DeliveryList: { deliveries: [delivery], next: null },
  JobEvent: {
    type: 'job.succeeded',
    timestamp: at('09:00:07'),
    data: {
      id: jobId,
      kind: 'edit',
      status: 'succeeded',
      pictures: 1,
      microCredits: 6000,
      createdAt: at('09:00:01'),
      finishedAt: at('09:00:07'),
    },
  },
  TestEvent: { type: 'webhook.test', timestamp: at('09:00:00'), data: { id: webhookId } },
  HealthView: { status: 'ok', version: '0.1.0' },
  ReadyView: {
    status: 'ready',
    pools: { default: { queued: 0, oldestWaitMs: 0, slots: 4, busySlots: 1, workers: 2 } },
  },
  Problem: {
    type: 'urn:darkroom:problem:rate_limited',
    title: 'Too many requests',
    status: 429,
    detail: 'expected at most 600 requests a minute',
    code: 'rate_limited',
    requestId: '5b1f0c52-8d0e-4e5c-9a58-0d6a2f1b7c33',
    retryable: true,
  } satisfies Problem,
};
