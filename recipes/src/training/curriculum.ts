/** What a stage of training dwells on. */
import type { EditId } from '../edits.ts';

export interface Curriculum {
  /** How often an edit is drawn, relative to 1. */
  readonly emphasis: Partial<Readonly<Record<EditId, number>>>;
  /** Share of examples that ask for two edits in one sentence. */
  readonly compoundShare: number;
  /** The loss weighs a latent channel by its standard deviation to this power: lower cares more for detail. */
  readonly deviationPower: number;
  /** Whether an edit that changes little counts as much as one that changes everything. */
  readonly relativeLoss: boolean;
  /** Where the robust loss turns from squared to absolute, in latent standard deviations. */
  readonly lossKnee: number;
  /** Multiplies the plan's learning rate: above 1 to learn something new late in the schedule. */
  readonly learningRateFactor: number;
  /** Share of rows with almost nothing but noise, where the words alone can tell what to do; elsewhere the noisy latents tell too. */
  readonly noisyShare: number;
}

const tone: Curriculum = {
  emphasis: { recolour_object: 3, remove_object: 2.5, sketch: 1.5 },
  compoundShare: 0,
  deviationPower: 1,
  relativeLoss: false,
  lossKnee: 0.15,
  learningRateFactor: 1,
  noisyShare: 0,
};

const detail: Curriculum = {
  emphasis: {
    recolour_object: 4,
    remove_object: 3.5,
    sketch: 1.5,
    painting: 2.5,
    blur: 2.5,
    sharpen: 2.5,
    black_and_white: 1.5,
    sepia: 1.5,
  },
  compoundShare: 0.1,
  deviationPower: 0.35,
  relativeLoss: true,
  lossKnee: 0.15,
  learningRateFactor: 1,
  noisyShare: 0,
};

/** Objects need many scenes, and sharpening changes so little that only a nearly absolute loss sees it. */
const objects: Curriculum = {
  emphasis: {
    recolour_object: 14,
    remove_object: 12,
    sharpen: 6,
    painting: 2.5,
    blur: 1.5,
    brighter: 1.5,
    sketch: 1.5,
  },
  compoundShare: 0.06,
  deviationPower: 0.35,
  relativeLoss: true,
  lossKnee: 0.05,
  learningRateFactor: 4,
  noisyShare: 0.65,
};

/** All edits again at the size of use, mostly from noise alone. */
const polish: Curriculum = {
  ...detail,
  emphasis: { ...detail.emphasis, recolour_object: 2, remove_object: 2, sharpen: 4, brighter: 2 },
  lossKnee: 0.05,
  learningRateFactor: 8,
  noisyShare: 0.5,
};

/** Everything, mostly from noise alone, where only the words can tell: dwells on what the stages before it left weak. */
const words: Curriculum = {
  emphasis: {
    recolour_object: 8,
    remove_object: 8,
    sharpen: 5,
    blur: 3,
    black_and_white: 3,
    brighter: 2,
    more_contrast: 2,
    sky_pink: 2,
    autumn: 2,
    painting: 2,
    sky_orange: 1.5,
  },
  compoundShare: 0.05,
  deviationPower: 0.35,
  relativeLoss: true,
  lossKnee: 0.05,
  learningRateFactor: 1,
  noisyShare: 0.65,
};

/**
 * Most edits take detail away, and a network that has learnt only them never adds any: sharpening stays on a plateau until it
 * is a large share of what is seen, at a high learning rate.
 */
const amplify: Curriculum = {
  ...words,
  emphasis: {
    sharpen: 14,
    more_contrast: 5,
    brighter: 5,
    more_saturated: 2,
    sketch: 3,
    painting: 2,
    recolour_object: 6,
    remove_object: 6,
  },
  compoundShare: 0,
  noisyShare: 0.85,
};

/**
 * Where a thing is. While the network is unsure of the place, an absolute loss is least for changing nothing; a squared one pays for
 * every part of the change, so that being half sure is worth something.
 */
const places: Curriculum = {
  ...words,
  emphasis: { recolour_object: 22, remove_object: 22, sharpen: 2, sky_pink: 1.5, sky_orange: 1.5 },
  compoundShare: 0,
  deviationPower: 0.7,
  lossKnee: 1,
  noisyShare: 0.8,
};

export const curricula = { tone, detail, objects, polish, words, amplify, places } as const satisfies Record<
  string,
  Curriculum
>;
export type CurriculumName = keyof typeof curricula;

/** Where a plan does not say: first what the words mean for colours, then for detail and in pairs, then objects, then everything once more. */
export function usualCurriculum(stage: number): CurriculumName {
  return (['tone', 'detail', 'objects'] as const)[stage] ?? 'polish';
}
