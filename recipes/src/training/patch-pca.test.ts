import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AutoencoderPatchConfig,
  decodePatches,
  encodePatches,
} from '@darkroom/gpu-worker/models/autoencoder-patch';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { Scope } from '@darkroom/graph/layers/scope';
import { sizeOf } from '@darkroom/graph/shape';
import { graphOf, input } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { dice, normal } from '../dice.ts';
import type { Pixels } from '../pixels.ts';
import { drawScene } from '../teachers/drawn-scene.ts';
import { encodePixels, fitPatchProjection, type PatchProjection } from './patch-pca.ts';
import { readProjection, writeProjection } from './projection-file.ts';

const patch = 4;
const channels = 7;
const size = 3 * patch * patch;
const scenes = Array.from({ length: 6 }, (_, i) => drawScene(48, dice(21, i)).image);
const fitted = fitPatchProjection(scenes, patch, channels);

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * (b[i] as number), 0);

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
};

/** `count` orthonormal vectors of `length` numbers, the largest entry of each positive. */
function orthonormal(count: number, length: number): number[][] {
  const random = dice(8, 0);
  const basis: number[][] = [];
  while (basis.length < count) {
    let vector = Array.from({ length }, () => normal(random));
    for (const other of basis) {
      const along = dot(vector, other);
      vector = vector.map((value, i) => value - along * (other[i] as number));
    }
    const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    const scale = Math.sign(largest) / Math.sqrt(dot(vector, vector));
    basis.push(vector.map((value) => value * scale));
  }
  return basis;
}

/** A picture that is a single patch: a vector in (colour, row, column) order, in [-1, 1]. */
function pictureOf(vector: readonly number[], side: number): Pixels {
  const data = Float32Array.from(vector, (_, i) => {
    const [pixel, colour] = [Math.floor(i / 3), i % 3];
    return ((vector[colour * side * side + pixel] as number) + 1) / 2;
  });
  return { width: side, height: side, data };
}

/** Row `i` of decoder times encoder: how output `i` depends on every input of the patch. */
function roundTrip({ weight, backWeight }: PatchProjection): number[][] {
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => {
      let sum = 0;
      for (let c = 0; c < channels; c++)
        sum += (backWeight[i * channels + c] as number) * (weight[c * size + j] as number);
      return sum;
    }),
  );
}

describe('a fit', () => {
  it('finds the components of data whose covariance is known', () => {
    const deviations = [0.5, 0.3, 0.1];
    const directions = orthonormal(3, 12);
    const mean = Array.from({ length: 12 }, (_, i) => 0.05 * i - 0.3);
    // All eight combinations of signs: their covariance is the sum of deviation² direction directionᵀ exactly.
    const views = Array.from({ length: 8 }, (_, bits) => {
      const signs = [0, 1, 2].map((k) => ((bits >> k) & 1 ? 1 : -1) * (deviations[k] as number));
      const vector = mean.map(
        (value, i) =>
          value +
          dot(
            signs,
            directions.map((row) => row[i] as number),
          ),
      );
      return pictureOf(vector, 2);
    });
    const projection = fitPatchProjection(views, 2, 3);
    expect(farthest(projection.deviations, deviations)).toBeLessThan(1e-6);
    expect(farthest(projection.backBias, mean)).toBeLessThan(1e-6);
    directions.forEach((direction, c) => {
      const deviation = deviations[c] as number;
      const row = projection.weight.subarray(c * 12, (c + 1) * 12);
      expect(
        farthest(
          row,
          direction.map((value) => value / deviation),
        ),
      ).toBeLessThan(2e-5);
      const column = direction.map((_, i) => projection.backWeight[i * 3 + c] as number);
      expect(
        farthest(
          column,
          direction.map((value) => value * deviation),
        ),
      ).toBeLessThan(2e-6);
      expect(projection.bias[c]).toBeCloseTo(-dot(direction, mean) / deviation, 4);
    });
  });
});

describe('a fitted projection', () => {
  it('decodes what it encodes to the orthogonal projection', () => {
    const matrix = roundTrip(fitted);
    const trace = matrix.reduce((sum, row, i) => sum + (row[i] as number), 0);
    expect(trace).toBeCloseTo(channels, 4);
    const transposed = matrix.map((_, i) => matrix.map((row) => row[i] as number));
    matrix.forEach((row, i) => {
      expect(farthest(row, transposed[i] as number[])).toBeLessThan(1e-5);
      expect(
        farthest(
          row,
          transposed.map((column) => dot(row, column)),
        ),
      ).toBeLessThan(1e-5);
    });
  });

  it('gives latents of mean 0 and variance 1 that do not correlate, strongest first', () => {
    const latents = scenes.map((scene) => encodePixels(fitted, scene));
    const cells = (48 / patch) ** 2;
    const rows = Array.from({ length: channels }, (_, c) =>
      latents.flatMap((latent) => [...latent.subarray(c * cells, (c + 1) * cells)]),
    );
    rows.forEach((row, c) => {
      expect(row.reduce((sum, value) => sum + value, 0) / row.length).toBeCloseTo(0, 3);
      const covariances = rows.map((other) => dot(row, other) / row.length);
      expect(
        farthest(
          covariances,
          rows.map((_, d) => (c === d ? 1 : 0)),
        ),
      ).toBeLessThan(1e-3);
    });
    expect([...fitted.deviations]).toEqual([...fitted.deviations].sort((a, b) => b - a));
  });
  it('is the same for the same pictures, and survives its file', async () => {
    expect(fitPatchProjection(scenes, patch, channels)).toEqual(fitted);
    const folder = await mkdtemp(join(tmpdir(), 'projection-'));
    try {
      await writeProjection(join(folder, 'p.safetensors'), fitted);
      expect(await readProjection(join(folder, 'p.safetensors'))).toEqual(fitted);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('refuses pictures that vary too little', () => {
    const flat = { width: 8, height: 8, data: new Float32Array(192).fill(0.5) };
    expect(() => fitPatchProjection([flat], patch, channels)).toThrow(
      'expected 7 components that vary, came 0',
    );
  });
});

it('the graph encodes and decodes as the projection does', async () => {
  const config = AutoencoderPatchConfig.parse({
    latent_channels: channels,
    patch_size: patch,
    decoder_channels: 4,
    decoder_layers: 1,
  });
  const [width, height] = [16, 8];
  const scope = Scope.root();
  const image = input('image', [1, 3, height, width]);
  const latent = encodePatches(scope, image, config);
  const graph = graphOf({ latent, decoded: decodePatches(scope, latent, config) });
  const weights = new Map<string, Float32Array>(
    [...scope.parameters].map(([name, { shape }]) => [name, new Float32Array(sizeOf(shape))]),
  );
  weights.set('encoder.patch.weight', fitted.weight).set('encoder.patch.bias', fitted.bias);
  weights.set('decoder.patch.weight', fitted.backWeight).set('decoder.patch.bias', fitted.backBias);
  await using session = await Session.compile(graph, { weights, threads: 1 });

  const random = dice(4, 0);
  const pixels: Pixels = { width, height, data: Float32Array.from({ length: 3 * width * height }, random) };
  const planes = Float32Array.from(pixels.data, (_, i) => {
    const [colour, pixel] = [Math.floor(i / (width * height)), i % (width * height)];
    return 2 * (pixels.data[pixel * 3 + colour] as number) - 1;
  });
  const found = await session.run({ image: planes });
  const encoded = encodePixels(fitted, pixels);
  expect(farthest(found['latent'] as Float32Array, encoded)).toBeLessThan(1e-4);

  const cells = (width / patch) * (height / patch);
  const decoded = planes.map((_, i) => {
    const [colour, y, x] = [Math.floor(i / (width * height)), Math.floor(i / width) % height, i % width];
    const cell = Math.floor(y / patch) * (width / patch) + Math.floor(x / patch);
    const output = (colour * patch + (y % patch)) * patch + (x % patch);
    const row = fitted.backWeight.subarray(output * channels, (output + 1) * channels);
    const column = Array.from({ length: channels }, (_, c) => encoded[c * cells + cell] as number);
    return dot(row, column) + (fitted.backBias[output] as number);
  });
  expect(farthest(found['decoded'] as Float32Array, decoded)).toBeLessThan(1e-4);
});
