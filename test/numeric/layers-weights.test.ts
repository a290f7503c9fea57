/** Weights inside the model, beside it in a file, and fed: all the same to a session. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Session, temporaryFolder } from '@darkroom/gpu-worker/runtime/session';
import type { Dtype } from '@darkroom/graph/dtype';
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { linear } from '@darkroom/graph/layers/linear';
import { Scope } from '@darkroom/graph/layers/scope';
import { toFloat16Bits } from '@darkroom/graph/onnx/float16';
import type { Weight } from '@darkroom/graph/onnx/write';
import { cast, silu } from '@darkroom/graph/ops/elementwise';
import { reshape } from '@darkroom/graph/ops/movement';
import { graphOf, input, storedParameters, type Value } from '@darkroom/graph/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relativeError } from '../support/op-case.ts';
import { Random } from '../support/random.ts';
import { evaluate } from '../support/reference.ts';

const random = new Random(5);
const numbers = (size: number): Float32Array =>
  Float32Array.from({ length: size }, () => random.normal() / 4);
const feeds = { x: numbers(2 * 3 * 4 * 4) };

function network(dtype: Dtype): { output: Value; weights: Map<string, Float32Array> } {
  const scope = Scope.root({ dtype });
  const features = silu(conv2d(scope.child('stem'), cast(input('x', [2, 3, 4, 4]), dtype), 4, { stride: 2 }));
  const output = cast(linear(scope.child('head'), reshape(features, [2, -1]), 5), 'float32');
  const stored = storedParameters(graphOf({ output }));
  const weights = [...stored].map(
    ([name, { shape }]) => [name, numbers(shape.reduce((a, b) => a * b))] as const,
  );
  return { output, weights: new Map(weights) };
}

/** Lays all weights one after the other into one file, not aligned to anything. */
async function writeWeights(
  folder: string,
  weights: ReadonlyMap<string, Float32Array>,
  dtype: Dtype,
): Promise<Map<string, Weight>> {
  const places = new Map<string, Weight>();
  const parts: Uint8Array[] = [new TextEncoder().encode('header!')];
  let offset = parts[0]?.length ?? 0;
  for (const [name, data] of weights) {
    const elements = dtype === 'float16' ? toFloat16Bits(data) : data;
    const bytes = new Uint8Array(elements.buffer as ArrayBuffer, elements.byteOffset, elements.byteLength);
    places.set(name, { file: `${dtype}.bin`, offset, length: bytes.length });
    parts.push(bytes);
    offset += bytes.length;
  }
  await writeFile(join(folder, `${dtype}.bin`), Buffer.concat(parts));
  return places;
}

describe.each([
  ['float32', 1e-5],
  ['float16', 5e-3],
] as const)('weights of %s', (dtype, tolerance) => {
  const { output, weights } = network(dtype);
  const graph = graphOf({ output });
  const expected = evaluate(graph, { ...feeds, ...Object.fromEntries(weights) })['output'] as Float64Array;
  let folder = '';
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('inside the model', async () => {
    await using session = await Session.compile(graph, { weights, threads: 1 });
    const results = await session.run(feeds);
    expect(relativeError(results['output'] ?? [], expected)).toBeLessThan(tolerance);
  });

  it.each(['disabled', 'all'] as const)(
    'in a file beside the model, optimization %s',
    async (optimization) => {
      const places = await writeWeights(folder, weights, dtype);
      await using session = await Session.compile(graph, {
        weights: places,
        folder,
        threads: 1,
        optimization,
      });
      const results = await session.run(feeds);
      expect(relativeError(results['output'] ?? [], expected)).toBeLessThan(tolerance);
    },
  );

  it('some inside and some in a file', async () => {
    const places = await writeWeights(folder, weights, dtype);
    const bias = weights.get('head.bias') as Float32Array;
    await using session = await Session.compile(graph, {
      weights: new Map(places).set('head.bias', bias),
      folder,
      threads: 1,
    });
    const results = await session.run(feeds);
    expect(relativeError(results['output'] ?? [], expected)).toBeLessThan(tolerance);
  });
});
