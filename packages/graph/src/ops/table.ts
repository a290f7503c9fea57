/** Every op of the engine: its name, its type rule, its derivative. */
import type { OpRule } from '../value.ts';
import { convolutionRules } from './convolution.ts';
import { elementwiseRules } from './elementwise.ts';
import { matmulRules } from './matmul.ts';
import { movementRules } from './movement.ts';
import { normalizationRules } from './normalization.ts';
import { reductionRules } from './reduction.ts';

export const opTable = {
  ...elementwiseRules,
  ...movementRules,
  ...reductionRules,
  ...matmulRules,
  ...convolutionRules,
  ...normalizationRules,
} as const satisfies Record<string, OpRule>;
export type OpName = keyof typeof opTable;
