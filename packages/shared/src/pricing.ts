/**
 * What jobs cost, in whole micro-credits (a credit is a million of them).
 *
 * A picture costs a base by kind of job, which pays for decoding, storing and the full-resolution composite, plus a rate
 * by model family for each step and each megapixel, started micro-credits counted whole. A job costs that times its
 * pictures. A kind that says what a photo shows has one answer for its base, with whatever pictures belong to it. The job
 * keeps the id of the table that priced it, and what a table has published never changes: a new kind is added, a new
 * price is a new table.
 */
import type { JobKind } from './contracts/job-request.ts';

/** Whose weights do the work: our own small ones, or a public checkpoint's. */
export const modelFamilies = ['embedded', 'instruct-pix2pix', 'stable-diffusion', 'vision'] as const;
export type ModelFamily = (typeof modelFamilies)[number];

interface PriceTable {
  readonly pictureMicros: Readonly<Record<JobKind, number>>;
  readonly stepMegapixelMicros: Readonly<Record<ModelFamily, number>>;
}

export const priceTables = {
  /** For test keys, whose use costs nothing. */
  free: {
    pictureMicros: {
      edit: 0,
      generate: 0,
      img2img: 0,
      inpaint: 0,
      segment: 0,
      detect: 0,
      caption: 0,
      similarity: 0,
    },
    stepMegapixelMicros: { embedded: 0, 'instruct-pix2pix': 0, 'stable-diffusion': 0, vision: 0 },
  },
  '2026-11': {
    pictureMicros: {
      edit: 1000,
      generate: 500,
      img2img: 500,
      inpaint: 1000,
      segment: 500,
      detect: 500,
      caption: 300,
      similarity: 100,
    },
    stepMegapixelMicros: { embedded: 20, 'instruct-pix2pix': 200, 'stable-diffusion': 200, vision: 0 },
  },
} as const satisfies Record<string, PriceTable>;

export type PriceId = keyof typeof priceTables;

/** The table that prices new jobs of live keys. */
export const currentPriceId: PriceId = '2026-11';

/** What a price depends on. */
export interface PricedWork {
  readonly kind: JobKind;
  readonly family: ModelFamily;
  /** Size of one finished picture, or of the photo that is looked at. */
  readonly width: number;
  readonly height: number;
  /** Denoising steps of one picture; 0 for answers. */
  readonly steps: number;
  /** Pictures, or the one answer. */
  readonly pictures: number;
}

/** A price as the job keeps it. */
export interface Price {
  readonly priceId: PriceId;
  readonly pictureMicros: number;
  readonly pictures: number;
  readonly steps: number;
}

const maxSide = 65_535;
const maxSteps = 1000;
const maxPictures = 8;

function requireWhole(name: string, value: number, [min, max]: readonly [min: number, max: number]): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new TypeError(`${name}: expected a whole number in ${min}..${max}, got ${value}`);
}

/**
 * Prices a job.
 *
 * @throws TypeError when a quantity is not a whole number within the bounds of the contracts
 */
export function priceOf(work: PricedWork, priceId: PriceId = currentPriceId): Price {
  const { kind, family, width, height, steps, pictures } = work;
  requireWhole('width', width, [1, maxSide]);
  requireWhole('height', height, [1, maxSide]);
  requireWhole('steps', steps, [0, maxSteps]);
  requireWhole('pictures', pictures, [1, maxPictures]);
  const table = priceTables[priceId];
  const stepMicros = (width * height * steps * table.stepMegapixelMicros[family]) / 1e6;
  return { priceId, pictureMicros: table.pictureMicros[kind] + Math.ceil(stepMicros), pictures, steps };
}

/** What the whole job costs. */
export function totalMicros({ pictureMicros, pictures }: Price): number {
  return pictureMicros * pictures;
}

/**
 * What a canceled job costs: the share of its steps that was done, started micro-credits dropped.
 *
 * @param stepsDone steps of all pictures together; more than there are count as all
 * @throws TypeError when that is not a whole number
 */
export function partialPrice(price: Price, stepsDone: number): number {
  requireWhole('stepsDone', stepsDone, [0, Number.MAX_SAFE_INTEGER]);
  const steps = price.steps * price.pictures;
  if (steps === 0) return 0;
  return Math.floor((totalMicros(price) * Math.min(stepsDone, steps)) / steps);
}
