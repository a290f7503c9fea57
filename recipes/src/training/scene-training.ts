/** What the trainings on composed scenes have in common. */
import type { TrainingPlan } from '@darkroom/gpu-worker/training/trainer';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { cosineDecay, product, warmUp } from '@darkroom/graph/optimizers/schedule';

/** Settings of a run. */
export interface SceneTrainingPlan {
  readonly seed: number;
  readonly learningRate: number;
  /** Folder of the checkpoint and the log. */
  readonly folder: string;
  /** Folder of the stores. */
  readonly cache: string;
  readonly saveEvery: number;
  /** Threads of a step. Default: as many as run at a time. */
  readonly threads?: number | undefined;
  /** Scenes that are made at a time. Default: the part's own number. */
  readonly chunkScenes?: number | undefined;
  /** Stop after this many steps of the whole plan (to finish another time). Default: all. */
  readonly until?: number | undefined;
}

const warmUpSteps = 100;

/** How weights are moved in a run of `total` steps. */
export function sceneOptimizer(
  { learningRate, threads }: Pick<SceneTrainingPlan, 'learningRate' | 'threads'>,
  total: number,
): Pick<TrainingPlan, 'optimizer' | 'learningRate' | 'schedule' | 'averageDecay' | 'threads'> {
  return {
    optimizer: adamW({ beta2: 0.99, weightDecay: 0.01 }),
    learningRate,
    schedule: product(warmUp(warmUpSteps), cosineDecay(total, 0.02)),
    averageDecay: 0.995,
    threads,
  };
}
