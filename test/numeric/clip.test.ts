import { describe, it } from 'vitest';
import { checkClip } from '../../verify/clip.ts';
import { expectGolden } from './expect-golden.ts';

describe('CLIPModel', () => {
  it('reproduces the reference from bytes and ids to similarities', () =>
    expectGolden(checkClip, 'clip_tiny', 12));
});
