import type { R2Bucket, R2Object } from '@cloudflare/workers-types';
import { AwsV4Signer } from 'aws4fetch';
import type { EdgeVars } from '../env.ts';
import { type ImageStore, maxListed, type SignedAddress, type StoredObject } from './image-store.ts';

type Signing = Pick<EdgeVars, 'S3_ENDPOINT' | 'S3_ACCESS_KEY_ID' | 'S3_SECRET_ACCESS_KEY'>;

/** What R2 says when bytes have another digest than they were announced with. */
const digestMismatch = /\(10037\)/;
/** Keys that one call of R2 deletes at most. */
const maxDeleted = 1000;
/** The longest that a signature of version 4 may work: a week. */
const maxTtlSeconds = 604_800;

/** One part of a key: letters, digits and what no address treats as special, but neither `.` nor `..`. */
const part = String.raw`(?!\.{1,2}(?:/|$))[\w.~-]+`;
const keyPattern = new RegExp(`^${part}(?:/${part})*$`);

/**
 * The address of a key. A key that could be read in two ways, by us and by whoever parses the address, is refused.
 *
 * @throws TypeError
 */
function addressOf(endpoint: string, key: string): URL {
  if (key.length > 512 || !keyPattern.test(key))
    throw new TypeError(`key: expected plain parts between slashes, got ${JSON.stringify(key)}`);
  return new URL(`${endpoint}/${key}`);
}

interface Request {
  readonly method: 'GET' | 'PUT';
  readonly key: string;
  /** Headers that the request must carry as they are here. */
  readonly headers: Readonly<Record<string, string>>;
  readonly ttlSeconds: number;
}

/** Signs addresses by AWS Signature Version 4, with the signature in the query. */
function createSigner(vars: Signing, nowMs: () => number) {
  // Keys derived from the secret, one a day.
  const cache = new Map<string, ArrayBuffer>();
  return async function sign({ method, key, headers, ttlSeconds }: Request): Promise<SignedAddress> {
    if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > maxTtlSeconds)
      throw new TypeError(`ttlSeconds: expected 1..${maxTtlSeconds}, got ${ttlSeconds}`);
    const url = addressOf(vars.S3_ENDPOINT, key);
    url.searchParams.set('X-Amz-Expires', String(ttlSeconds));
    const signedAtMs = Math.floor(nowMs() / 1000) * 1000;
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers,
      accessKeyId: vars.S3_ACCESS_KEY_ID,
      secretAccessKey: vars.S3_SECRET_ACCESS_KEY,
      service: 's3',
      region: 'auto',
      datetime: new Date(signedAtMs).toISOString().replace(/[:-]|\.\d{3}/g, ''),
      cache,
      signQuery: true,
      // Without it, type and length could be anything.
      allHeaders: true,
    });
    const signed = await signer.sign();
    return { url: signed.url.href, expiresAtMs: signedAtMs + ttlSeconds * 1000 };
  };
}

const storedObject = ({ key, size, httpMetadata }: R2Object): StoredObject => ({
  key,
  sizeBytes: size,
  mime: httpMetadata?.contentType ?? null,
});

/** Pictures in a bucket of R2, with addresses signed for its S3 interface. */
export function createImageStore(
  bucket: R2Bucket,
  vars: Signing,
  { nowMs }: { readonly nowMs: () => number },
): ImageStore {
  const sign = createSigner(vars, nowMs);
  return {
    async put(key, bytes, mime) {
      await bucket.put(key, bytes, { httpMetadata: { contentType: mime } });
    },
    async head(key) {
      const object = await bucket.head(key);
      return object === null ? undefined : storedObject(object);
    },
    async read(key) {
      const object = await bucket.get(key);
      // The runtime's streams are the platform's, under another declaration.
      return object === null ? undefined : (object.body as unknown as ReadableStream<Uint8Array>);
    },
    async copy(from, to, { mime, sha256 }) {
      const object = await bucket.get(from);
      if (object === null) return false;
      const options = { httpMetadata: { contentType: mime }, sha256 };
      return await bucket.put(to, object.body, options).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Error && digestMismatch.test(error.message)) return false;
          throw error;
        },
      );
    },
    async delete(keys) {
      for (let at = 0; at < keys.length; at += maxDeleted)
        await bucket.delete(keys.slice(at, at + maxDeleted));
    },
    async list(prefix) {
      const { objects } = await bucket.list({ prefix, limit: maxListed });
      return objects.map(({ key }) => key);
    },
    signGet: (key, ttlSeconds) => sign({ method: 'GET', key, headers: {}, ttlSeconds }),
    signPut: (key, { mime, sizeBytes, ttlSeconds }) => {
      const length = sizeBytes === undefined ? {} : { 'content-length': String(sizeBytes) };
      return sign({ method: 'PUT', key, headers: { 'content-type': mime, ...length }, ttlSeconds });
    },
  };
}
