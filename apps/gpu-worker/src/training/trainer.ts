/** The training step as one graph: loss, gradients, clipping, optimizer and moving average; and the loop's state. */
import { gradient } from '@darkroom/graph/gradient';
import { scale } from '@darkroom/graph/ops/elementwise';
import { movingAverage } from '@darkroom/graph/optimizers/average';
import { buckets, pack, unpack } from '@darkroom/graph/optimizers/bucket';
import { clipByGlobalNorm } from '@darkroom/graph/optimizers/clip';
import type { Optimizer, UpdateInput } from '@darkroom/graph/optimizers/optimizer';
import type { Schedule } from '@darkroom/graph/optimizers/schedule';
import { dedupe } from '@darkroom/graph/passes/dedupe';
import { sizeOf } from '@darkroom/graph/shape';
import { type Graph, graphOf, input, type Value } from '@darkroom/graph/value';
import { readSafetensors, toFloat32 } from '../models/safetensors.ts';
import { type WritableTensor, writeSafetensors } from '../models/safetensors-write.ts';
import { type HostArray, Session } from '../runtime/session.ts';

/** What is trained, by what, how fast. */
export interface TrainingPlan {
  /** Scalar to minimise. */
  readonly loss: Value;
  /** Further scalars to report at each step. */
  readonly metrics?: Readonly<Record<string, Value>>;
  /** What is trained, by name. */
  readonly parameters: ReadonlyMap<string, Value>;
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  readonly schedule: Schedule;
  /** Largest global norm of the gradients. Default: no limit. */
  readonly maxGradientNorm?: number;
  /** Decay of the moving average of the weights. Default: none is kept. */
  readonly averageDecay?: number;
  /** Elements of stored (frozen) parameters. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
  /** Default: as many as run at a time. Beside other work one is often faster: threads of a step wait for each other. */
  readonly threads?: number | undefined;
}

/** One step as a graph: parameters and their state come in and go out under the same names. */
export function trainingGraph(plan: TrainingPlan): Graph {
  const trained = [...plan.parameters.values()];
  const step = input('step', []);
  const learningRate = scale(plan.schedule(step), plan.learningRate);
  const raw = gradient(plan.loss, trained);
  const groups = buckets(trained.map(({ shape }) => shape));
  const { gradients, norm } = clipByGlobalNorm(
    groups.map((indices) => pack(indices.map((index) => raw[index]!))),
    plan.maxGradientNorm ?? Number.MAX_VALUE,
  );
  const outputs: Record<string, Value> = {
    loss: plan.loss,
    gradient_norm: norm,
    learning_rate: learningRate,
    ...plan.metrics,
  };
  const entries = [...plan.parameters];
  groups.forEach((indices, group) => {
    const members = indices.map((index) => entries[index]!);
    Object.assign(outputs, updateBucket(plan, members, { gradient: gradients[group]!, step, learningRate }));
  });
  return dedupe(graphOf(outputs, trained));
}

/** The next value of each member of a bucket, of its state and of its average, as outputs of the graph. */
function updateBucket(
  plan: TrainingPlan,
  members: readonly (readonly [name: string, parameter: Value])[],
  now: Pick<UpdateInput, 'gradient' | 'step' | 'learningRate'>,
): Record<string, Value> {
  const shapes = members.map(([, { shape }]) => shape);
  const outputs: Record<string, Value> = {};
  const stateOf = (prefix: string): Value =>
    pack(members.map(([name, { shape }]) => input(prefix + name, shape)));
  const emit = (prefix: string, packed: Value): void => {
    unpack(packed, shapes).forEach((part, i) => {
      outputs[`next:${prefix}${members[i]![0]}`] = part;
    });
  };
  const { slots, update } = plan.optimizer;
  const parameter = pack(members.map(([, value]) => value));
  const updated = update({ ...now, parameter, state: slots.map((slot) => stateOf(`${slot}:`)) });
  emit('', updated.parameter);
  for (const [k, slot] of slots.entries()) emit(`${slot}:`, updated.state[k]!);
  if (plan.averageDecay !== undefined)
    emit('average:', movingAverage(stateOf('average:'), updated.parameter, now.step, plan.averageDecay));
  return outputs;
}

/** Scalars of one step by name: loss, gradient norm, learning rate, metrics. */
export type StepReport = Readonly<Record<string, number>>;

/** Trains: holds the parameters and the optimizer's state, advances them a step at a time, saves and restores them. */
export class Trainer implements AsyncDisposable {
  readonly #session: Session;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  /** Current and next state; they swap at every step, so that nothing is allocated. */
  #state: Record<string, Float32Array>;
  #next: Record<string, Float32Array>;
  readonly #metrics: readonly string[];
  #step = 0;

  private constructor(session: Session, graph: Graph, initial: ReadonlyMap<string, Float32Array>) {
    this.#session = session;
    const carried = [...graph.outputs].flatMap(([name, value]) =>
      name.startsWith('next:') ? [[name.slice('next:'.length), value.shape] as const] : [],
    );
    this.#shapes = new Map(carried);
    this.#metrics = [...graph.outputs.keys()].filter((name) => !name.startsWith('next:'));
    this.#state = Object.fromEntries(carried.map(([name, shape]) => [name, start(name, shape, initial)]));
    this.#next = Object.fromEntries(carried.map(([name, shape]) => [name, new Float32Array(sizeOf(shape))]));
  }

  /** @param initial first value of every trained parameter; the moving average starts there too. */
  static async create(plan: TrainingPlan, initial: ReadonlyMap<string, Float32Array>): Promise<Trainer> {
    const graph = trainingGraph(plan);
    const session = await Session.compile(graph, {
      weights: plan.weights ?? new Map(),
      optimization: 'extended',
      ...(plan.threads !== undefined && { threads: plan.threads }),
    });
    return new Trainer(session, graph, initial);
  }

  /** Steps done so far. */
  get step(): number {
    return this.#step;
  }

  /** One step on one batch; reports the loss before the step and the other scalars. */
  async advance(batch: Readonly<Record<string, HostArray>>): Promise<StepReport> {
    const into = Object.fromEntries(Object.entries(this.#next).map(([name, data]) => [`next:${name}`, data]));
    const step = Float32Array.of(this.#step + 1);
    const results = await this.#session.run({ ...batch, ...this.#state, step }, into);
    [this.#state, this.#next] = [this.#next, this.#state];
    this.#step += 1;
    return Object.fromEntries(this.#metrics.map((name) => [name, Number(results[name]?.[0])]));
  }

  /**
   * The trained parameters, or their moving averages; the arrays are the trainer's own and change with the next step.
   * @throws TypeError when averages are asked for and the plan keeps none.
   */
  weights(kind: 'latest' | 'average'): Map<string, Float32Array> {
    const prefix = kind === 'average' ? 'average:' : '';
    const names = [...this.#shapes.keys()].filter((name) => !name.includes(':'));
    return new Map(
      names.map((name) => {
        const data = this.#state[prefix + name];
        if (!data)
          throw new TypeError(`expected a plan with averageDecay, came one without: ${name} has no average`);
        return [name, data];
      }),
    );
  }

  /** Writes everything that the next step depends on. */
  async save(path: string): Promise<void> {
    const tensors = new Map<string, WritableTensor>();
    for (const [name, shape] of this.#shapes) {
      tensors.set(name, { dtype: 'F32', shape, data: this.#state[name] as Float32Array });
    }
    tensors.set('step', { dtype: 'F32', shape: [], data: Float32Array.of(this.#step) });
    await writeSafetensors(path, tensors);
  }

  /**
   * Goes on from a file of {@link save}.
   * @throws TypeError when the file belongs to another network or optimizer; the trainer is of no use then.
   */
  async restore(path: string): Promise<void> {
    const stored = await readSafetensors(path);
    const expected = new Map([...this.#shapes, ['step', []] as const]);
    for (const [name, shape] of expected) {
      const found = stored.get(name)?.shape;
      if (String(found) !== String(shape))
        throw new TypeError(
          `${path}: expected ${name} of shape [${shape}], came ${found ? `[${found}]` : 'none'}`,
        );
    }
    for (const [name, tensor] of stored) {
      if (name === 'step') this.#step = toFloat32(tensor)[0] as number;
      else if (expected.has(name)) (this.#state[name] as Float32Array).set(toFloat32(tensor));
      else throw new TypeError(`${path}: expected no tensor ${name}, came one`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}

function start(
  name: string,
  shape: readonly number[],
  initial: ReadonlyMap<string, Float32Array>,
): Float32Array {
  if (name.includes(':') && !name.startsWith('average:')) return new Float32Array(sizeOf(shape));
  const value = initial.get(name.replace(/^average:/, ''));
  if (!value) throw new TypeError(`no initial value for ${name}`);
  return Float32Array.from(value);
}
