import { Session } from '@darkroom/gpu-worker/runtime/session';
import { matmul } from '@darkroom/graph/ops/matmul';
import { graphOf, input, parameter } from '@darkroom/graph/value';
import { repeated } from './timing.ts';

export interface GemmPeak {
  /** Rows and columns of the square matrices that gave it. */
  readonly size: number;
  readonly gflopPerSecond: number;
}

/** The best rate of a square matrix product through the same runtime: what this machine can do at all. */
export async function measureGemmPeak(sizes: readonly number[] = [1024, 2048, 4096]): Promise<GemmPeak> {
  let peak: GemmPeak = { size: 0, gflopPerSecond: 0 };
  for (const size of sizes) {
    const graph = graphOf({ product: matmul(input('a', [size, size]), parameter('b', [size, size])) });
    const matrix = Float32Array.from({ length: size * size }, (_, i) => (i % 17) / 17 - 0.5);
    await using session = await Session.compile(graph, { weights: new Map([['b', matrix]]) });
    const times = await repeated(3, () => session.run({ a: matrix }));
    const gflopPerSecond = (2 * size ** 3) / Math.min(...times.map(({ seconds }) => seconds)) / 1e9;
    if (gflopPerSecond > peak.gflopPerSecond) peak = { size, gflopPerSecond };
  }
  return peak;
}
