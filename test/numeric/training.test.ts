import { describe, it } from 'vitest';
import { checkDreambooth } from '../../verify/training-dreambooth.ts';
import { checkLora } from '../../verify/training-lora.ts';
import { checkSemanticPreservation } from '../../verify/training-semantic-preservation.ts';
import { expectGolden } from './expect-golden.ts';

describe('training reproduces the reference', () => {
  it('LoRA: losses, gradients, optimizer steps, inference and fusing', () =>
    expectGolden(checkLora, 'training_lora', 33));
  it('DreamBooth with prior preservation: losses and the gradient of every weight', () =>
    expectGolden(checkDreambooth, 'training_dreambooth', 6));
  it('semantic preservation: gradients through both texts or one, and training one row', () =>
    expectGolden(checkSemanticPreservation, 'training_semantic_preservation', 16));
});
