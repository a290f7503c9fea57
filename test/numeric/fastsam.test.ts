/** FastSAM's network against float64 and closed forms, and its checkpoint's layout. */
import { fastSamConfigOf } from '@darkroom/gpu-worker/models/fastsam/config';
import { segmentHead } from '@darkroom/gpu-worker/models/fastsam/head';
import { declareFastSam, fastSamNetwork } from '@darkroom/gpu-worker/models/fastsam/network';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { Scope } from '@darkroom/graph/layers/scope';
import { sizeOf } from '@darkroom/graph/shape';
import { graphOf, input } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { relativeError } from '../support/op-case.ts';
import { Random } from '../support/random.ts';
import { evaluate } from '../support/reference.ts';
import { tinyFastSam, tinyFastSamWeights } from '../support/tiny-fastsam.ts';

describe('the checkpoint of FastSAM', () => {
  const shapesOf = (size: 's' | 'x') => declareFastSam(fastSamConfigOf(size));
  const trained = (size: 's' | 'x'): number =>
    [...shapesOf(size)]
      .filter(([name]) => !name.includes('.running_'))
      .reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0);

  it('has as many parameters as the published sizes: 11.8 and 72.2 million', () => {
    // YOLOv8s-seg with one class has 11 790 483. YOLOv8x-seg would have 71 751 811 with the usual 16 distances a side.
    expect(trained('s')).toBe(11_790_483);
    expect(trained('x')).toBe(72_234_149);
  });

  it.each([
    ['s', 'model.0.conv.weight', [32, 3, 3, 3]],
    ['s', 'model.2.m.0.cv1.conv.weight', [32, 32, 3, 3]],
    ['s', 'model.4.m.1.cv2.bn.running_var', [64]],
    ['s', 'model.9.cv2.conv.weight', [512, 1024, 1, 1]],
    ['s', 'model.12.cv1.conv.weight', [256, 768, 1, 1]],
    ['s', 'model.22.cv2.0.2.weight', [64, 64, 1, 1]],
    ['s', 'model.22.cv3.2.0.conv.weight', [128, 512, 3, 3]],
    ['s', 'model.22.dfl.conv.weight', [1, 16, 1, 1]],
    ['x', 'model.6.m.5.cv1.conv.weight', [320, 320, 3, 3]],
    ['x', 'model.8.cv2.conv.weight', [640, 1600, 1, 1]],
    ['x', 'model.21.cv1.conv.weight', [640, 1280, 1, 1]],
    ['x', 'model.22.cv2.1.2.bias', [104]],
    ['x', 'model.22.cv3.0.2.weight', [1, 320, 1, 1]],
    ['x', 'model.22.cv4.2.1.conv.weight', [80, 80, 3, 3]],
    ['x', 'model.22.dfl.conv.weight', [1, 26, 1, 1]],
    ['x', 'model.22.proto.upsample.weight', [320, 320, 2, 2]],
    ['x', 'model.22.proto.cv3.conv.weight', [32, 320, 1, 1]],
  ] as const)('of size %s has %s %o', (size, name, shape) => {
    expect(shapesOf(size).get(name)?.shape).toEqual(shape);
  });
});

describe('the network', () => {
  it('computes the same as float64, with norms folded into convolutions', async () => {
    const weights = tinyFastSamWeights();
    const graph = graphOf({ ...fastSamNetwork(Scope.root(), input('image', [1, 3, 32, 64]), tinyFastSam) });
    const random = new Random(6);
    const image = Float32Array.from({ length: 3 * 32 * 64 }, () => random.uniform());
    const expected = evaluate(graph, { image, ...Object.fromEntries(weights) });
    await using session = await Session.compile(graph, { weights, threads: 1 });
    const actual = await session.run({ image });
    expect(graph.outputs.get('predictions')?.shape).toEqual([1, 10, 32 + 8 + 2]);
    expect(graph.outputs.get('prototypes')?.shape).toEqual([1, 5, 8, 16]);
    for (const [name, values] of Object.entries(expected)) {
      expect(relativeError(actual[name] ?? [], values), name).toBeLessThan(1e-5);
    }
  });

  it('places boxes by the mean of distances about the centres of cells', () => {
    const levels = [8, 16].map((stride) => ({
      stride,
      features: input(`x${stride}`, [1, 4, 2, 16 / stride + 1]),
    }));
    const scope = Scope.root();
    const { predictions } = segmentHead(scope, levels, tinyFastSam);
    const graph = graphOf({ predictions });
    const leaves = Object.fromEntries(
      [...scope.parameters].map(([name, { shape }]) => {
        const values = new Float32Array(sizeOf(shape));
        if (name.includes('dfl')) values.set([0, 1, 2, 3]);
        if (name.endsWith('running_var')) values.fill(1);
        // Left and bottom are one cell away for sure, top and right anywhere between 0 and 3.
        if (/cv2\.\d\.2\.bias/.test(name)) for (const side of [0, 3]) values[side * 4 + 1] = 60;
        if (name === 'cv3.0.2.bias') values.fill(Math.log(3));
        if (name === 'cv4.1.2.bias') values.set([1, 2, 3, 4, 5]);
        return [name, values];
      }),
    );
    const zeros = { x8: new Float32Array(24), x16: new Float32Array(16) };
    const { predictions: values = new Float64Array() } = evaluate(graph, { ...zeros, ...leaves });
    const cell = (i: number): number[] =>
      Array.from({ length: 10 }, (_, row) => values[row * 10 + i] as number);
    const close = (actual: number[], expected: number[]): void =>
      actual.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i] as number, 5);
      });
    // Column 1, row 1 of cells of 8 pixels: from x = 12 - 8 to 12 + 1.5 · 8, from y = 12 - 1.5 · 8 to 12 + 8.
    close(cell(4), [14, 10, 20, 20, 0.75, 0, 0, 0, 0, 0]);
    // Column 1, row 0 of cells of 16 pixels.
    close(cell(7), [28, 4, 40, 40, 0.5, 1, 2, 3, 4, 5]);
  });
});
