/** Every op of the engine: its name, its type rule, its derivative. */
import type { OpRule } from '../value.ts';
import { convolutionRules } from './convolution.ts';
import { elementwiseRules } from './elementwise.ts';
import { matmulRules } from './matmul.ts';
import { movementRules } from './movement.ts';
import { normalizationRules } from './normalization.ts';
import { poolingRules } from './pooling.ts';
import { reductionRules } from './reduction.ts';

/** The rows by op name, which is the name in ONNX. */
export const opTable = {
  ...elementwiseRules,
  ...movementRules,
  ...reductionRules,
  ...matmulRules,
  ...convolutionRules,
  ...poolingRules,
  ...normalizationRules,
} as const satisfies Record<string, OpRule>;
/** Name of an op of the table. */
export type OpName = keyof typeof opTable;
