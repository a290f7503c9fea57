import { residualNoise, toDenoised } from '../parameterization.ts';
import type { ConfigOf } from '../schedulers/config.ts';
import type { Schedule } from '../schedulers/schedule.ts';
import { boundDenoised } from './bound-denoised.ts';
import { multistepOrder, pointAt } from './log-snr.ts';
import { type SamplerRun, type Sampling, sigmaAt, walk } from './sampler.ts';
import { type Term, weightedSum } from './weighted-sum.ts';

/** ∫ ln(rho)^k drho from 0 to rho, for k = 0, 1, 2. */
function logMoments(rho: number): readonly [number, number, number] {
  const l = Math.log(rho);
  return [rho, rho * (l - 1), rho * (l * l - 2 * l + 2)];
}

/** Coefficients (constant, linear, quadratic) of the Lagrange basis polynomial of node k among up to three nodes. */
function basisCoefficients(nodes: readonly number[], k: number): readonly [number, number, number] {
  const node = nodes[k] as number;
  const others = nodes.filter((_, i) => i !== k);
  const divisor = others.reduce((product, other) => product * (node - other), 1);
  const [a, b] = others;
  if (a === undefined) return [1, 0, 0];
  if (b === undefined) return [-a / divisor, 1 / divisor, 0];
  return [(a * b) / divisor, -(a + b) / divisor, 1 / divisor];
}

/** ∫ basis_k(ln rho) drho from..to, the nodes given as ln rho. */
function integratedBasis(nodes: readonly number[], k: number, from: number, to: number): number {
  const coefficients = basisCoefficients(nodes, k);
  const start = logMoments(from);
  const end = logMoments(to);
  return coefficients.reduce((sum, c, i) => sum + c * ((end[i] as number) - (start[i] as number)), 0);
}

/** Exponential integrator with the noise estimate extrapolated in ln rho (Zhang & Chen 2023, "DEIS", tAB in log rho). */
export function* deis(schedule: Schedule<ConfigOf<'DEISMultistepScheduler'>>, run: SamplerRun): Sampling {
  const { config } = schedule;
  const rule = {
    solverOrder: config.solver_order,
    lowerOrderFinal: config.lower_order_final,
    firstOrderLast: false,
  };
  let known: readonly { readonly logRho: number; readonly epsilon: Float32Array }[] = [];
  return yield* walk(schedule, run, {
    advance(sample, output, index) {
      const from = pointAt(schedule, index);
      const to = pointAt(schedule, index + 1);
      const estimate = toDenoised({ type: config.prediction_type, output, sample, level: from });
      const denoised = boundDenoised(estimate, config, run.batch ?? 1);
      const order = multistepOrder(rule, schedule, index, known.length);
      const newest = { logRho: -from.lambda, epsilon: residualNoise(sample, denoised, from) };
      known = [newest, ...known].slice(0, config.solver_order);
      const used = known.slice(0, order);
      const nodes = used.map((entry) => entry.logRho);
      const [start, end] = [sigmaAt(schedule, index), sigmaAt(schedule, index + 1)];
      const terms = used.map(
        ({ epsilon }, k): Term => [to.signal * integratedBasis(nodes, k, start, end), epsilon],
      );
      return { next: weightedSum([to.signal / from.signal, sample], ...terms), denoised };
    },
  });
}
