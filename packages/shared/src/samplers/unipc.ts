import { residualNoise, toDenoised } from '../parameterization.ts';
import type { ConfigOf } from '../schedulers/config.ts';
import type { Schedule } from '../schedulers/schedule.ts';
import { boundDenoised } from './bound-denoised.ts';
import { type LogSnrPoint, pointAt } from './log-snr.ts';
import { type SamplerRun, type Sampling, walk } from './sampler.ts';
import { type Term, weightedSum } from './weighted-sum.ts';

type Config = ConfigOf<'UniPCMultistepScheduler'>;

interface Known {
  readonly lambda: number;
  readonly value: Float32Array;
}

/** One step from `from` to `to`: the start sample and the earlier outputs, newest (taken at `from`) first. */
interface Step {
  readonly from: LogSnrPoint;
  readonly to: LogSnrPoint;
  readonly start: Float32Array;
  readonly known: readonly Known[];
  readonly order: number;
}

/** Solves a small dense system by Gaussian elimination with row exchange; `rows` are [coefficients…, right side]. */
function solve(rows: readonly (readonly number[])[]): number[] {
  if (rows.length === 0) return [];
  const pivot = rows.reduce((best, row) =>
    Math.abs(row[0] as number) > Math.abs(best[0] as number) ? row : best,
  );
  const head = pivot[0] as number;
  const reduced = rows
    .filter((row) => row !== pivot)
    .map((row) =>
      row.slice(1).map((value, i) => value - ((row[0] as number) / head) * (pivot[i + 1] as number)),
    );
  const rest = solve(reduced);
  const known = rest.reduce((sum, x, i) => sum + x * (pivot[i + 1] as number), 0);
  return [((pivot[pivot.length - 1] as number) - known) / head, ...rest];
}

/** phi_k(hh)·k!/B for k = 1..count: the right sides of the order conditions (Zhao et al. 2023, "UniPC", eq. 5). */
function orderConditions(hh: number, base: number, count: number): number[] {
  let phi = Math.expm1(hh) / hh - 1;
  let factorial = 1;
  return Array.from({ length: count }, (_, i) => {
    const value = (phi * factorial) / base;
    factorial *= i + 2;
    phi = phi / hh - 1 / factorial;
    return value;
  });
}

/** Weights of the differences at relative positions `nodes`: the Vandermonde system of the order conditions. */
function weightsFor(nodes: readonly number[], hh: number, base: number): number[] {
  const sides = orderConditions(hh, base, nodes.length);
  return solve(sides.map((side, power) => [...nodes.map((node) => node ** power), side]));
}

/** The update shared by predictor and corrector; the corrector also knows the output at `to`. */
function update(config: Config, { from, to, start, known, order }: Step, atEnd?: Float32Array): Float32Array {
  const [newest, ...older] = known as readonly [Known, ...Known[]];
  const h = to.lambda - from.lambda;
  const hh = config.predict_x0 ? -h : h;
  const growth = Math.expm1(hh);
  const base = config.solver_type === 'bh1' ? hh : growth;
  const used = older
    .slice(0, order - 1)
    .map(({ lambda, value }) => ({ node: (lambda - from.lambda) / h, value }));
  const points = atEnd ? [...used, { node: 1, value: atEnd }] : used;
  // A single difference takes one half, which keeps the order without solving for it.
  const isSingle = atEnd ? order === 1 : order === 2;
  const weights = isSingle
    ? [0.5]
    : weightsFor(
        points.map((point) => point.node),
        hh,
        base,
      );
  const scale = -(config.predict_x0 ? to.signal : to.noise);
  const terms = points.flatMap(({ node, value }, i): Term[] => {
    const weight = (scale * base * (weights[i] as number)) / node;
    return [
      [weight, value],
      [-weight, newest.value],
    ];
  });
  const carried = config.predict_x0 ? to.noise / from.noise : to.signal / from.signal;
  return weightedSum([carried, start], [scale * growth, newest.value], ...terms);
}

function predictorOrder(config: Config, schedule: Schedule, index: number, known: number): number {
  const left = schedule.timesteps.length - index;
  const tapers = config.lower_order_final || (left === 1 && config.final_sigmas_type === 'zero');
  return Math.min(config.solver_order, known + 1, tapers ? left : config.solver_order);
}

/** Unified predictor-corrector: each new output first corrects the step that led to it, then predicts the next. */
export function* unipc(schedule: Schedule<Config>, run: SamplerRun): Sampling {
  const { config } = schedule;
  let known: readonly Known[] = [];
  let last: Step | undefined;
  return yield* walk(schedule, run, {
    advance(sample, output, index) {
      const from = pointAt(schedule, index);
      const to = pointAt(schedule, index + 1);
      const estimate = toDenoised({ type: config.prediction_type, output, sample, level: from });
      const denoised = boundDenoised(estimate, config, run.batch ?? 1);
      const value = config.predict_x0 ? denoised : residualNoise(sample, denoised, from);
      const isCorrected = last && !config.disable_corrector.includes(index - 1);
      const start = last && isCorrected ? update(config, last, value) : sample;
      const order = predictorOrder(config, schedule, index, known.length);
      known = [{ lambda: from.lambda, value }, ...known].slice(0, config.solver_order);
      last = { from, to, start, known, order };
      return { next: update(config, last), denoised };
    },
  });
}
