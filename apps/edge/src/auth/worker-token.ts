/** Worker tokens: a JWT that a worker signs itself at every dial, good for one pool. */
import { HelloFrame } from '@darkroom/shared/contracts/frames';
import { errors, type JWK, jwtVerify } from 'jose';
import { z } from 'zod';

/** Public keys of the workers of each pool. */
export type WorkerKeys = Readonly<Record<string, readonly JWK[]>>;

// Pinned: a token that names another algorithm, or none, is refused whatever it is signed with.
const algorithm = 'EdDSA';
const type = 'darkroom-worker+jwt';
const maxLifeSeconds = 600;
/** How far the clock that signed may run off the clock that verifies. */
const clockSkewSeconds = 30;

const Payload = z.object({ sub: HelloFrame.shape.workerId, iat: z.int(), exp: z.int() });

export interface WorkerTokenOptions {
  readonly pool: string;
  readonly keys: WorkerKeys;
  readonly nowMs: number;
}

async function payloadBy(key: JWK, token: string, { pool, nowMs }: WorkerTokenOptions): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [algorithm],
      typ: type,
      audience: `darkroom-pool:${pool}`,
      currentDate: new Date(nowMs),
      clockTolerance: clockSkewSeconds,
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

/** The id of the worker that signed a token; undefined when it is forged, over, lives too long or is for another pool. */
export async function verifyWorkerToken(
  token: string,
  options: WorkerTokenOptions,
): Promise<string | undefined> {
  const keys = Object.hasOwn(options.keys, options.pool) ? (options.keys[options.pool] ?? []) : [];
  for (const key of keys) {
    const parsed = Payload.safeParse(await payloadBy(key, token, options));
    if (!parsed.success) continue;
    const { sub, iat, exp } = parsed.data;
    const isOurs = exp - iat <= maxLifeSeconds && iat <= options.nowMs / 1000 + clockSkewSeconds;
    if (isOurs) return sub;
  }
  return undefined;
}
