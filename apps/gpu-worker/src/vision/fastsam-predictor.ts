/** FastSAM in use: the network outlines everything in a picture once, and prompts choose among what it found. */
import { input } from '@darkroom/graph/value';
import { AppError } from '@darkroom/shared/errors';
import type { Raster } from '../image/raster.ts';
import { fastSamNetwork, fastSamStride } from '../models/fastsam/network.ts';
import type { ModelStore } from '../runtime/model-store.ts';
import { type BinaryMask, maskArea, maskBox } from './binary-mask.ts';
import type { Box } from './boxes.ts';
import { cutOut } from './cut-out.ts';
import { fastSamPixels, type Letterbox, letterbox } from './fastsam-image.ts';
import {
  type FastSamDetection,
  type FastSamOptions,
  type FastSamOutput,
  fastSamDetections,
  fastSamMask,
} from './fastsam-masks.ts';
import type { FastSamModel } from './fastsam-model.ts';
import type { FoundMask } from './found-mask.ts';
import { holds, maskOfBox, maskOfClicks, maskOfWords } from './mask-choice.ts';
import { maskOfPicture } from './mask-logits.ts';
import { encodeRle, rleArea } from './mask-rle.ts';
import { PictureMemory } from './picture-memory.ts';
import type { SamAnswer, SamCandidate, SamEmbedding } from './sam-predictor.ts';
import { assertPrompt, type SamPrompt } from './sam-prompt.ts';
import type { Segmenter } from './segmenter.ts';

/** What the network found in a picture. */
export interface FastSamEmbedding extends SamEmbedding {
  readonly output: FastSamOutput;
  readonly letterbox: Letterbox;
  /** The surest first. */
  readonly detections: readonly FastSamDetection[];
}

/** How well texts fit a picture. */
export type Compare = (picture: Raster, texts: readonly string[]) => Promise<readonly number[]>;

const bytesPerElement = 4;

/** Answers the prompts that Segment Anything takes, but for earlier masks. */
export class FastSamPredictor implements Segmenter {
  /** A prompt carries no mask. */
  readonly logitSide = 0;
  readonly #store: ModelStore;
  readonly #model: FastSamModel;
  readonly #options: FastSamOptions;
  readonly #memory: PictureMemory<FastSamEmbedding>;

  /** @param options which of the network's predictions count */
  constructor(store: ModelStore, model: FastSamModel, options: FastSamOptions = {}) {
    this.#store = store;
    this.#model = model;
    this.#options = options;
    this.#memory = new PictureMemory<FastSamEmbedding>(store, {
      prefix: `${model.component.folder}: masks ${JSON.stringify(options)} of`,
      sizeBytes: ({ output }) => bytesPerElement * (output.predictions.length + output.prototypes.length),
    });
  }

  /** Where the model lies. */
  get folder(): string {
    return this.#model.component.folder;
  }

  /** What was found in a picture, if that is still remembered. */
  recall(key: string): Promise<FastSamEmbedding | undefined> {
    return this.#memory.recall(key);
  }

  /**
   * Looks at a picture, or remembers it.
   * @param key tells this picture from all others, such as the hash of its bytes
   */
  embed(key: string, raster: Raster): Promise<FastSamEmbedding> {
    return this.#memory.recallOr(key, () => this.encode(raster));
  }

  /** Looks at a picture that nobody will ask about again. */
  async encode(raster: Raster): Promise<FastSamEmbedding> {
    const { component, config } = this.#model;
    const original = { width: raster.width, height: raster.height };
    const fit = letterbox(original, { side: config.image_size, stride: fastSamStride });
    const { width, height } = fit.input;
    using lease = await this.#store.session({
      component,
      key: `segment ${width}x${height}`,
      build: (scope) => ({ ...fastSamNetwork(scope, input('image', [1, 3, height, width]), config) }),
    });
    const found = await lease.value.run<'predictions' | 'prototypes'>({ image: fastSamPixels(raster, fit) });
    const { predictions, prototypes } = found as Record<'predictions' | 'prototypes', Float32Array>;
    const count = predictions.length / (5 + config.num_prototypes);
    const output = { predictions, count, prototypes, size: { width: width / 4, height: height / 4 } };
    return {
      data: prototypes,
      // The square that the picture fills at its own size: what enlarges SAM's logits leaves these as they are.
      fit: { original, scaled: original, side: Math.max(original.width, original.height) },
      output,
      letterbox: fit,
      detections: fastSamDetections(output, fit, this.#options),
    };
  }

  /**
   * Answers prompts about one picture, in their order. A box chooses the mask that overlaps it best, of those that hold
   * all clicks on the object and no other; clicks alone paint masks over each other. An answer where nothing was found is
   * empty, with score 0.
   * @throws invalid_request naming the field of a prompt that says nothing, lies outside the picture or carries a mask
   */
  async predict(embedding: FastSamEmbedding, prompts: readonly SamPrompt[]): Promise<SamAnswer[]> {
    for (const prompt of prompts) {
      if (prompt.mask) refuseMask();
      assertPrompt(prompt, embedding.letterbox.original, 0);
    }
    // Callers fill up their batches with repeated prompts.
    const answers = new Map<SamPrompt, SamAnswer>();
    return prompts.map((prompt) => {
      const answer = answers.get(prompt) ?? answerTo(embedding, prompt);
      answers.set(prompt, answer);
      return answer;
    });
  }

  /** The mask of an answer at the picture's size. */
  async maskOf({ fit }: FastSamEmbedding, _prompt: SamPrompt, { logits }: SamCandidate): Promise<BinaryMask> {
    return maskOfPicture(logits, fit);
  }

  /** Masks of everything, the surest first. */
  everything(embedding: FastSamEmbedding): FoundMask[] {
    return embedding.detections.flatMap((detection) => {
      const mask = maskOf(embedding, detection);
      const box = maskBox(mask);
      if (!box) return [];
      const rle = encodeRle(mask);
      return [{ rle, area: rleArea(rle), box, score: detection.score }];
    });
  }

  /**
   * The mask whose box shows what the words say; undefined where no mask is large enough to tell.
   * @param raster the picture that was embedded
   */
  async byWords(
    embedding: FastSamEmbedding,
    raster: Raster,
    { words, compare }: { readonly words: string; readonly compare: Compare },
  ): Promise<FoundMask | undefined> {
    const masks = this.everything(embedding);
    const index = await maskOfWords(
      masks.map(({ area }) => area),
      async (i) => {
        const [similarity] = await compare(cutOut(raster, (masks[i] as FoundMask).box), [words]);
        return similarity ?? 0;
      },
    );
    return index === undefined ? undefined : masks[index];
  }
}

function refuseMask(): never {
  const message = 'mask: FastSAM chooses by points or a box, and takes no earlier mask';
  throw new AppError('invalid_request', { message, details: { field: 'mask' } });
}

type Candidates = readonly [SamCandidate, ...SamCandidate[]];

/** Alternatives that are told beside an answer. */
const alternatives = 3;

interface Found {
  readonly mask: BinaryMask;
  readonly score: number;
}

const maskOf = ({ output, letterbox: fit }: FastSamEmbedding, detection: FastSamDetection): BinaryMask =>
  fastSamMask(output, detection, fit);

/** Masks of the detections whose box may matter. */
function masksWhere(embedding: FastSamEmbedding, matters: (box: Box) => boolean): Found[] {
  return embedding.detections
    .filter(({ box }) => matters(box))
    .map((detection) => ({ mask: maskOf(embedding, detection), score: detection.score }));
}

function answerTo(embedding: FastSamEmbedding, prompt: SamPrompt): SamAnswer {
  const candidates = prompt.box ? byBox(embedding, prompt, prompt.box) : byClicks(embedding, prompt);
  return { candidates, best: candidates[0] };
}

function byBox(embedding: FastSamEmbedding, { points = [] }: SamPrompt, box: Box): Candidates {
  const [left, top, right, bottom] = box;
  const near = masksWhere(
    embedding,
    ([x0, y0, x1, y1]) => x0 < right && x1 > left && y0 < bottom && y1 > top,
  );
  const agreeing = near.filter(({ mask }) => points.every((click) => holds(mask, click) === click.isInside));
  const chosen =
    agreeing[
      maskOfBox(
        agreeing.map(({ mask }) => mask),
        box,
      ) ?? -1
    ];
  return [candidateOf(embedding, chosen)];
}

/** The painted answer first, then the masks that agree with every click, the smallest first. */
function byClicks(embedding: FastSamEmbedding, { points = [] }: SamPrompt): Candidates {
  const under = masksWhere(embedding, ([x0, y0, x1, y1]) =>
    points.some(({ x, y }) => x >= x0 && x <= x1 && y >= y0 && y <= y1),
  ).filter(({ mask }) => points.some((click) => holds(mask, click)));
  const painted = maskOfClicks(
    under.map(({ mask }) => mask),
    points,
  );
  const agreeing = under
    .filter(({ mask }) => points.every((click) => holds(mask, click) === click.isInside))
    .map((found) => ({ ...found, area: maskArea(found.mask) }))
    .sort((a, b) => a.area - b.area);
  const taken = under.filter(({ mask }) => points.some((click) => click.isInside && holds(mask, click)));
  const score = Math.max(0, ...taken.map((found) => found.score));
  return [
    candidateOf(embedding, painted && { mask: painted, score }),
    ...agreeing.slice(0, alternatives).map((found) => candidateOf(embedding, found)),
  ];
}

/** As logits of ±1 in the embedding's square. */
function candidateOf({ fit: { original, side } }: FastSamEmbedding, found: Found | undefined): SamCandidate {
  const data = new Float32Array(side * side).fill(-1);
  for (let y = 0; found && y < original.height; y++) {
    for (let x = 0; x < original.width; x++) {
      if (found.mask.data[y * original.width + x] !== 0) data[y * side + x] = 1;
    }
  }
  return { logits: { width: side, height: side, data }, score: found?.score ?? 0 };
}
