/** Trains the captioner on what the frozen detector sees. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cellCount } from '@darkroom/gpu-worker/models/blip/detector-vision';
import { openWordPieces } from '@darkroom/gpu-worker/models/blip/word-pieces';
import { loadParameters } from '@darkroom/gpu-worker/models/checkpoint';
import { type StepReport, Trainer } from '@darkroom/gpu-worker/training/trainer';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { cosineDecay, product, warmUp } from '@darkroom/graph/optimizers/schedule';
import { advanceRun } from '../advance-run.ts';
import { keepPlan } from '../run-folder.ts';
import { type CaptionSource, captionBatch } from './batch.ts';
import { readDetectorConfig } from './cell-reader.ts';
import { initialCaption } from './initial-caption.ts';
import { type CaptionNetwork, captionNetwork, captionTraining } from './network.ts';
import { readPhotoCaptions } from './photo-captions.ts';
import { seenPictures } from './shards.ts';
import { isVisible } from './visible.ts';
import { endId, vocabularyOf } from './vocabulary.ts';

/** What a run is begun with. */
export interface CaptionPlan {
  readonly steps: number;
  readonly until: number | undefined;
  readonly batch: number;
  /** How many pictures the detector is shown. */
  readonly pictures: number;
  readonly seed: number;
  readonly learningRate: number;
  /** Folder of exported weights to start from. Absent: from none. */
  readonly from: string | undefined;
  readonly saveEvery: number;
  /** The run's folder. */
  readonly folder: string;
  /** Folder of the stores; what the detector sees is kept there too, for all runs. */
  readonly cache: string;
  /** Folder of the detector's weights. */
  readonly detector: string;
}

/** Most tokens of a caption, both marks included. */
const length = 20;
/** Draws the pictures that all runs share. */
const pictureSeed = 1;

type Report = (step: number, total: number, report: StepReport) => void;

/** Trains up to the plan's end; a run that was stopped goes on. The run's folder then holds vocab.txt and a checkpoint. */
export async function trainCaption(plan: CaptionPlan, report: Report): Promise<void> {
  const { folder, steps, batch, pictures, seed, learningRate, from } = plan;
  await mkdir(folder, { recursive: true });
  await keepPlan(folder, { steps, batch, pictures, seed, learningRate, from });
  const source = await openSource(plan, report);
  const { loss, parameters } = captionTraining(source.shape, source.network);
  await using trainer = await Trainer.create(
    {
      loss,
      parameters,
      optimizer: adamW({ beta2: 0.99, weightDecay: 0.02 }),
      learningRate,
      schedule: product(warmUp(50), cosineDecay(steps, 0.02)),
      maxGradientNorm: 1,
      averageDecay: 0.995,
    },
    from === undefined
      ? initialCaption(parameters, seed, source)
      : await loadParameters(from, parameters, { ignore: /^vision_model\.detector\./ }),
  );
  const run = { folder, saveEvery: plan.saveEvery, end: Math.min(steps, plan.until ?? steps), total: steps };
  await advanceRun(trainer, run, (step) => captionBatch(source, seed, step), report);
}

/** The embedded captioner's network and the lines of its vocabulary. */
export async function openNetwork(
  detector: string,
): Promise<{ network: CaptionNetwork; vocabulary: readonly string[] }> {
  const vocabulary = vocabularyOf(await readPhotoCaptions());
  const config = await readDetectorConfig(detector);
  return { network: captionNetwork(config, { words: vocabulary.length, end: endId }), vocabulary };
}

async function openSource(
  plan: CaptionPlan,
  report: Report,
): Promise<CaptionSource & { readonly vocabulary: readonly string[] }> {
  const { network, vocabulary } = await openNetwork(plan.detector);
  await writeFile(join(plan.folder, 'vocab.txt'), `${vocabulary.join('\n')}\n`);
  const seen = await seenPictures(
    { ...plan, network, seed: pictureSeed, folder: join(plan.cache, 'caption-seen') },
    report,
  );
  const taught = seen.filter((picture) => isVisible(picture, network));
  const shape = { batch: plan.batch, length, cells: cellCount(network.vision_config) };
  const words = await openWordPieces(plan.folder);
  return { seen: taught, captions: await readPhotoCaptions(), words, network, shape, vocabulary };
}
