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
}

const tone: Curriculum = {
  emphasis: { recolour_object: 3, remove_object: 2.5, sketch: 1.5 },
  compoundShare: 0,
  deviationPower: 1,
  relativeLoss: false,
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
};

/** The first stage learns what the words mean for colours, the others what they mean for detail, and sentences with two edits. */
export function curriculumOf(stage: number): Curriculum {
  return stage === 0 ? tone : detail;
}
