import { patchTokens } from '@darkroom/gpu-worker/models/patch-tokens';
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { Scope } from '@darkroom/graph/layers/scope';
import { graphOf, input } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { Random } from '../support/random.ts';
import { evaluate } from '../support/reference.ts';

describe('patches as tokens', () => {
  it('are what a convolution with the same weights gives', () => {
    const random = new Random(2);
    const draw = (size: number): number[] => Array.from({ length: size }, () => random.normal());
    const leaves = { pixels: draw(2 * 3 * 4 * 6), weight: draw(5 * 3 * 2 * 2), bias: draw(5) };
    const pixels = input('pixels', [2, 3, 4, 6]);
    const scope = Scope.root();
    const graph = graphOf({
      tokens: patchTokens(scope, pixels, { side: 2, width: 5, bias: true }),
      grid: conv2d(scope, pixels, 5, { kernel: 2, stride: 2, padding: 0 }),
    });
    const { tokens, grid } = evaluate(graph, leaves);
    // [2, 6, 5] against [2, 5, 2, 3].
    for (let i = 0; i < 2 * 6 * 5; i++) {
      const [picture, patch, feature] = [Math.floor(i / 30), Math.floor(i / 5) % 6, i % 5];
      expect(tokens?.[i]).toBeCloseTo(grid?.[(picture * 5 + feature) * 6 + patch] as number, 9);
    }
  });
});
