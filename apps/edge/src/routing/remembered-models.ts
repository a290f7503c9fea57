import type { JobPools, PoolModel } from '../dispatch/job-pools.ts';
import { shardNames } from './pools.ts';

/** How long an answer is used. Workers come and go seldom, and what is missing from it is asked for at once. */
const rememberedMs = 2_000;

export interface RememberedModels {
  /** The models that all pools told of a moment ago; undefined = that is too long ago. */
  readonly recent: readonly PoolModel[] | undefined;
  /** Asks all pools. */
  ask(): Promise<readonly PoolModel[]>;
}

/** The models of all pools, so that not every request has to ask every pool. */
export function rememberModels(
  pools: Pick<JobPools, 'models'>,
  { nowMs }: { readonly nowMs: () => number },
): RememberedModels {
  let known: { readonly models: readonly PoolModel[]; readonly askedAtMs: number } | undefined;
  return {
    get recent() {
      const ageMs = known && nowMs() - known.askedAtMs;
      return ageMs !== undefined && ageMs >= 0 && ageMs < rememberedMs ? known?.models : undefined;
    },
    async ask() {
      const askedAtMs = nowMs();
      const models = (await Promise.all(shardNames().map((name) => pools.models(name)))).flat();
      known = { models, askedAtMs };
      return models;
    },
  };
}
