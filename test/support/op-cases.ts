/** Cases of every op of the engine; an op without cases fails the type check. */
import type { OpName } from '@darkroom/graph/ops/table';
import type { OpCase } from './op-case.ts';
import { convolutionCases } from './op-cases/convolution.ts';
import { elementwiseCases } from './op-cases/elementwise.ts';
import { matmulCases } from './op-cases/matmul.ts';
import { movementCases } from './op-cases/movement.ts';
import { normalizationCases } from './op-cases/normalization.ts';
import { poolingCases } from './op-cases/pooling.ts';
import { reductionCases } from './op-cases/reduction.ts';

export const opCases = {
  ...elementwiseCases,
  ...movementCases,
  ...reductionCases,
  ...matmulCases,
  ...convolutionCases,
  ...poolingCases,
  ...normalizationCases,
} as const satisfies Record<OpName, readonly OpCase[]>;
