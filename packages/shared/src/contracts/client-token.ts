/** Short-lived tokens that a backend mints for its app on a phone, so that no key ever lies there. */
import { z } from 'zod';
import { AssetId } from '../ids.ts';
import { jobKinds } from './job-request.ts';

/** Bounds of a token's life, in seconds. */
export const clientTokenTtl = { minSeconds: 60, maxSeconds: 600 } as const;

const asset = AssetId;
const kind = z.enum(jobKinds);

/** Mint a token. */
export const ClientTokenRequest = z.strictObject({
  asset: asset.describe('The one asset that its holder may upload, read and edit; required.'),
  kind: kind.describe('The one kind of job that its holder may submit; required.'),
  ttlSeconds: z
    .int()
    .min(clientTokenTtl.minSeconds)
    .max(clientTokenTtl.maxSeconds)
    .describe('Seconds that it lives, 60 to 600; absent = 300.')
    .default(300),
});
export type ClientTokenRequest = z.infer<typeof ClientTokenRequest>;

/** A token that was just minted. */
export const ClientTokenView = z.object({
  token: z.string().max(2048).describe('The token, sent like a key: Authorization: Bearer.'),
  asset: asset.describe('The asset that it is bound to.'),
  kind: kind.describe('The kind of job that it is bound to.'),
  expiresAt: z.iso.datetime().describe('When it ends, in UTC.'),
});
export type ClientTokenView = z.infer<typeof ClientTokenView>;
