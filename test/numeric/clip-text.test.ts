import { describe, it } from 'vitest';
import { checkClipText } from '../../verify/clip-text.ts';
import { expectGolden } from './expect-golden.ts';

describe('CLIPTextModel', () => {
  it('reproduces the reference, each hidden state and short sequences too', () =>
    expectGolden(checkClipText, 'clip_text_tiny', 8));
});
