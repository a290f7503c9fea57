/** Models that look at pictures, opened from their folders: the configuration's `model_type` tells the class. */
import type { VisionKind } from '@darkroom/shared/contracts/job-request';
import { AppError, toAppError } from '@darkroom/shared/errors';
import { z } from 'zod';
import { readConfig } from '../models/checkpoint.ts';
import type { ModelStore } from '../runtime/model-store.ts';
import { openBlip } from './blip-captioner.ts';
import { openBlipRetrieval } from './blip-similarity.ts';
import type { Captioner } from './captioner.ts';
import { openClip } from './clip-similarity.ts';
import type { Detector } from './detector.ts';
import { openFastSam } from './fastsam-model.ts';
import { FastSamPredictor } from './fastsam-predictor.ts';
import { openOwlvit } from './owlvit-detector.ts';
import { openSam } from './sam-model.ts';
import { SamPredictor } from './sam-predictor.ts';
import type { Segmenter } from './segmenter.ts';
import type { Similarity } from './similarity.ts';
import { openWordDetector } from './word-detector.ts';

/** What a model of each kind can do. */
export interface VisionModels {
  readonly segment: Segmenter;
  readonly detect: Detector;
  readonly caption: Captioner;
  readonly similarity: Similarity;
}

type Open<T> = (folder: string, store: ModelStore) => Promise<T>;

/** An architecture that shares its `model_type` with one of another kind. */
const retrieval = 'BlipForImageTextRetrieval';

/** For each kind, its classes by `model_type`, or by the architecture where one type stands for several. */
const families: { readonly [K in VisionKind]: Readonly<Record<string, Open<VisionModels[K]>>> } = {
  segment: {
    sam: async (folder, store) => new SamPredictor(store, await openSam(folder)),
    fastsam: async (folder, store) => new FastSamPredictor(store, await openFastSam(folder)),
  },
  detect: { owlvit: openOwlvit, centernet: openWordDetector },
  caption: { blip: openBlip },
  similarity: { clip: openClip, [retrieval]: openBlipRetrieval },
};

const ClassConfig = z.looseObject({ model_type: z.string(), architectures: z.array(z.string()).nullish() });

/**
 * Opens a model for one kind of job; its weights are read when they are first needed.
 * @throws model_not_found, model_corrupt, model_unsupported
 */
export async function openVisionModel<K extends VisionKind>(
  kind: K,
  folder: string,
  store: ModelStore,
): Promise<VisionModels[K]> {
  const known = families[kind];
  const type = await typeOf(folder);
  const open = Object.hasOwn(known, type) ? known[type] : undefined;
  if (open) return open(folder, store);
  const expected = Object.keys(known).join(', ');
  const message = `${folder}: a model for ${kind} jobs is one of ${expected}, got ${type}`;
  throw new AppError('model_unsupported', { message });
}

/** The kinds of job that the model in a folder can run; none where no configuration tells its class. */
export async function visionKindsOf(folder: string): Promise<VisionKind[]> {
  try {
    const type = await typeOf(folder);
    const kinds = Object.keys(families) as VisionKind[];
    return kinds.filter((kind) => Object.hasOwn(families[kind], type));
  } catch (error) {
    if (toAppError(error).code === 'model_not_found') return [];
    throw error;
  }
}

async function typeOf(folder: string): Promise<string> {
  const { model_type, architectures } = await readConfig(folder, ClassConfig);
  return architectures?.includes(retrieval) ? retrieval : model_type;
}
