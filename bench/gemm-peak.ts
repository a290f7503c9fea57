import { Session } from '@darkroom/gpu-worker/runtime/session';
import { matmul } from '@darkroom/graph/ops/matmul';
import { graphOf, input, parameter } from '@darkroom/graph/value';
import { repeated, type Time } from './timing.ts';

/** What square matrix products reach on this machine. */
export interface GemmPeak {
  /** Rows and columns of the square matrices that gave it. */
  readonly size: number;
  readonly gflopPerSecond: number;
  /** The best rate per second of processor time, summed over threads. */
  readonly gflopPerCpuSecond: number;
}

/** The best rate of a square matrix product through the same runtime: what this machine can do at all. */
export async function measureGemmPeak(sizes: readonly number[] = [1024, 2048, 4096]): Promise<GemmPeak> {
  let peak: GemmPeak = { size: 0, gflopPerSecond: 0, gflopPerCpuSecond: 0 };
  for (const size of sizes) {
    const graph = graphOf({ product: matmul(input('a', [size, size]), parameter('b', [size, size])) });
    const matrix = Float32Array.from({ length: size * size }, (_, i) => (i % 17) / 17 - 0.5);
    await using session = await Session.compile(graph, { weights: new Map([['b', matrix]]) });
    const times = await repeated(3, () => session.run({ a: matrix }));
    const gflop = (2 * size ** 3) / 1e9;
    const rate = (figure: keyof Time): number => gflop / Math.min(...times.map((time) => time[figure]));
    const gflopPerCpuSecond = Math.max(peak.gflopPerCpuSecond, rate('cpuSeconds'));
    peak = {
      ...(rate('seconds') > peak.gflopPerSecond ? { size, gflopPerSecond: rate('seconds') } : peak),
      gflopPerCpuSecond,
    };
  }
  return peak;
}
