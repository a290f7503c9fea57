/** Pictures for tests of assets; files go to the store directly, as no test here can reach a signed address. */
import { parseVars } from '@darkroom/edge/env';
import { uploadKey } from '@darkroom/edge/storage/asset-keys';
import { sha256Hex } from '@darkroom/edge/storage/digest';
import { createImageStore } from '@darkroom/edge/storage/r2-images';
import { AssetView } from '@darkroom/shared/contracts/asset';
import { ClientTokenView } from '@darkroom/shared/contracts/client-token';
import { pngHeader } from '../support/picture-headers.ts';
import { type EdgeOptions, type EdgeUnderTest, edgeUnderTest, testEnv } from './edge-app.ts';

/** An edge that answers for pictures. */
export async function assetsEdge(options: EdgeOptions = {}): Promise<EdgeUnderTest> {
  const { nowMs } = options.deps ?? {};
  // Signatures are of the time of whoever asks.
  const images = nowMs && createImageStore(testEnv.IMAGES, parseVars(testEnv), { nowMs });
  return await edgeUnderTest({ ...options, deps: { ...(images && { images }), ...options.deps } });
}

/** A PNG of 6 × 4 pixels, as far as anyone here looks. */
export const png: Uint8Array<ArrayBuffer> = pngHeader(6, 4);
export const pngSha256: string = await sha256Hex(png.buffer);

export const json = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

/** The request that sends a file as its body. */
export const file = (bytes: Uint8Array<ArrayBuffer>, type = 'image/png'): RequestInit => ({
  method: 'POST',
  body: bytes,
  headers: { 'content-type': type },
});

export const viewOf = async (answer: Response): Promise<AssetView> => AssetView.parse(await answer.json());

/** Announces the PNG, or something else. */
export async function announce({ ask }: EdgeUnderTest, changes: object = {}): Promise<AssetView> {
  const body = { mime: 'image/png', sizeBytes: png.length, ...changes };
  return await viewOf(await ask('/v1/assets', json(body)));
}

/** Puts a file where the signed address of an announced picture would. */
export async function send(
  { deps }: EdgeUnderTest,
  { id }: Pick<AssetView, 'id'>,
  bytes: Uint8Array<ArrayBuffer> = png,
): Promise<void> {
  await deps.images.put(uploadKey(id), bytes.slice().buffer, 'image/png');
}

export const finalize = async ({ ask }: EdgeUnderTest, { id }: Pick<AssetView, 'id'>): Promise<Response> =>
  await ask(`/v1/assets/${id}/finalize`, { method: 'POST' });

/** A picture that is ready. */
export const store = async ({ ask }: EdgeUnderTest): Promise<AssetView> =>
  await viewOf(await ask('/v1/assets', file(png)));

/** A client token for a picture, as the header that sends it. */
export async function tokenFor(
  { ask }: EdgeUnderTest,
  { id }: Pick<AssetView, 'id'>,
): Promise<{ readonly authorization: string }> {
  const answer = await ask('/v1/client-tokens', json({ asset: id, kind: 'edit' }));
  return { authorization: `Bearer ${ClientTokenView.parse(await answer.json()).token}` };
}
