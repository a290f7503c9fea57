import { residualNoise, toDenoised } from '../parameterization.ts';
import type { ConfigOf } from '../schedulers/config.ts';
import type { Schedule } from '../schedulers/schedule.ts';
import { sigmaInputScale } from './euler.ts';
import { type SamplerRun, type Sampling, sigmaAt, walk } from './sampler.ts';
import { type Term, weightedSum } from './weighted-sum.ts';

const maxOrder = 4;

/** The Lagrange basis polynomial of node k, at x. */
function basis(nodes: readonly number[], k: number, x: number): number {
  const node = nodes[k] as number;
  return nodes.reduce(
    (product, other, i) => (i === k ? product : (product * (x - other)) / (node - other)),
    1,
  );
}

/** ∫ basis_k from..to. Two Gauss-Legendre points are exact here, since the degree is at most 3. */
function integratedBasis(nodes: readonly number[], k: number, from: number, to: number): number {
  const middle = (from + to) / 2;
  const half = (to - from) / 2;
  const offset = half / Math.sqrt(3);
  return half * (basis(nodes, k, middle - offset) + basis(nodes, k, middle + offset));
}

/** Linear multistep in sigma: the slope's interpolating polynomial over the last four points, integrated exactly. */
export function* lms(schedule: Schedule<ConfigOf<'LMSDiscreteScheduler'>>, run: SamplerRun): Sampling {
  let slopes: readonly { readonly sigma: number; readonly slope: Float32Array }[] = [];
  return yield* walk(schedule, run, {
    inputScale: (index) => sigmaInputScale(sigmaAt(schedule, index)),
    advance(sample, output, index) {
      const sigma = sigmaAt(schedule, index);
      const level = { signal: 1, noise: sigma };
      const denoised = toDenoised({ type: schedule.config.prediction_type, output, sample, level });
      slopes = [{ sigma, slope: residualNoise(sample, denoised, level) }, ...slopes].slice(0, maxOrder);
      const nodes = slopes.map((entry) => entry.sigma);
      const to = sigmaAt(schedule, index + 1);
      const terms = slopes.map(({ slope }, k): Term => [integratedBasis(nodes, k, sigma, to), slope]);
      return { next: weightedSum([1, sample], ...terms), denoised };
    },
  });
}
