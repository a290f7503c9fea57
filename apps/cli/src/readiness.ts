// Waits until a platform answers and has workers.
import { setTimeout as wait } from 'node:timers/promises';
import { ModelList } from '@darkroom/shared/contracts/model-view';
import { AppError } from '@darkroom/shared/errors';
import { z } from 'zod';
import { localPool } from './edge-vars.ts';

/** The part of `/readyz` that tells of workers. */
const Ready = z.object({ pools: z.record(z.string(), z.object({ workers: z.int() })) });

const everyMs = 250;
const answerMs = 5_000;
/** The first start on a busy machine takes many times what it takes alone. */
const startMs = 300_000;

/** A platform that answers, and a key to it. */
export interface Access {
  /** Address without a path. */
  readonly url: string;
  readonly key: string;
}

/** Resolves once the edge answers. @throws unavailable when it takes too long; the signal's reason */
export async function awaitEdge({ url }: Access, signal: AbortSignal): Promise<void> {
  const isUp = async () => (await answerOf(`${url}/healthz`, { signal })) !== undefined;
  await until(isUp, 'the edge to answer', signal);
}

/**
 * Resolves once so many workers are connected and one has a model; of no workers at once.
 * @throws unavailable when it takes too long; the signal's reason
 */
export async function awaitWorkers(
  { url, key }: Access,
  workers: number,
  signal: AbortSignal,
): Promise<void> {
  if (workers === 0) return;
  const headers = { authorization: `Bearer ${key}` };
  const areHere = async () => {
    const { data: ready } = Ready.safeParse(await answerOf(`${url}/readyz`, { signal }));
    if ((ready?.pools[localPool]?.workers ?? 0) < workers) return false;
    const { data: list } = ModelList.safeParse(await answerOf(`${url}/v1/models`, { signal, headers }));
    return list?.models.some(({ isOnline }) => isOnline) ?? false;
  };
  await until(areHere, `${workers} worker(s) to connect`, signal);
}

interface Asking {
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The JSON of a good answer; undefined = there was none. */
async function answerOf(url: string, { signal, headers = {} }: Asking): Promise<unknown> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
    const answer = await fetch(url, { signal: limit, headers });
    const body: unknown = await answer.json();
    return answer.ok ? body : undefined;
  } catch {
    return undefined;
  }
}

async function until(isSo: () => Promise<boolean>, what: string, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + startMs;
  while (!(await isSo())) {
    signal.throwIfAborted();
    if (performance.now() > endMs)
      throw new AppError('unavailable', { message: `waited ${startMs / 1000} s for ${what}` });
    await wait(everyMs);
  }
  signal.throwIfAborted();
}
