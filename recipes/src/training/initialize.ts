import { sizeOf } from '@darkroom/graph/shape';
import type { Value } from '@darkroom/graph/value';
import { between, dice, normal } from '../dice.ts';

/**
 * First values of a network's parameters: norms 1 and 0, embeddings N(0, 0.02²), convolutions and matrices uniform in
 * ±1/sqrt(fan-in) as PyTorch does, and zero where `zeroed` says so (a last layer that must start as nothing).
 */
export function initializeParameters(
  parameters: ReadonlyMap<string, Value>,
  seed: number,
  zeroed: (name: string) => boolean,
): Map<string, Float32Array> {
  let index = 0;
  return new Map(
    [...parameters].map(([name, { shape }]) => {
      const random = dice(seed, index++);
      const data = new Float32Array(sizeOf(shape));
      if (zeroed(name) || name.endsWith('.bias')) return [name, data];
      if (shape.length === 1) return [name, data.fill(1)];
      if (/embedding/.test(name)) return [name, data.map(() => 0.02 * normal(random))];
      const bound = 1 / Math.sqrt(sizeOf(shape.slice(1)));
      return [name, data.map(() => between(random, -bound, bound))];
    }),
  );
}
