/** Runs graphs with ONNX Runtime. The only importer of onnxruntime-node. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dtype } from '@darkroom/graph/dtype';
import { type Weight, writeOnnx } from '@darkroom/graph/onnx/write';
import type { Graph } from '@darkroom/graph/value';
import { nameOf } from '@darkroom/graph/value';
import { AppError } from '@darkroom/shared/errors';
import * as ort from 'onnxruntime-node';

/** Elements of a graph's input or output; bool as bytes. */
export type HostArray = Float32Array | BigInt64Array | Int32Array | Uint8Array;

/** Weights and settings of a compiled graph. */
export interface SessionOptions {
  /** Elements, or place of the bytes, of every stored parameter. */
  readonly weights?: ReadonlyMap<string, Weight>;
  /** Folder that external weights are relative to; needed when a weight is a place in a file. */
  readonly folder?: string;
  /** Default: as many as run at a time, which may be two per core. */
  readonly threads?: number;
  /** `all` repacks weights into blocked layouts, which pays off for inference. Default `all`. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
}

/** A compiled graph. Dispose it to give back its memory. */
export class Session implements AsyncDisposable {
  readonly #session: ort.InferenceSession;
  readonly #graph: Graph;

  private constructor(session: ort.InferenceSession, graph: Graph) {
    this.#session = session;
    this.#graph = graph;
  }

  static async compile(graph: Graph, options: SessionOptions = {}): Promise<Session> {
    const model = writeOnnx(graph, options.weights);
    const settings: ort.InferenceSession.SessionOptions = {
      executionProviders: ['cpu'],
      graphOptimizationLevel: options.optimization ?? 'all',
      logSeverityLevel: 3,
      intraOpNumThreads: options.threads ?? availableParallelism(),
    };
    const session = options.folder
      ? await compileBeside(options.folder, model, settings)
      : await ort.InferenceSession.create(model, settings);
    return new Session(session, graph);
  }

  /**
   * Computes every output of the graph.
   * @param into arrays that receive outputs of the same name, instead of new ones.
   */
  async run<Name extends string = string>(
    feeds: Readonly<Record<string, HostArray>>,
    into: Readonly<Record<string, HostArray>> = {},
  ): Promise<Record<Name, HostArray>> {
    const fed: Record<string, ort.Tensor> = {};
    for (const value of this.#graph.inputs) {
      const name = nameOf(value);
      const data = feeds[name];
      if (!data) throw new TypeError(`input ${JSON.stringify(name)} is missing`);
      fed[name] = new ort.Tensor(tensorTypes[value.dtype], data, value.shape);
    }
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const [name, value] of this.#graph.outputs) {
      const target = into[name];
      fetches[name] = target ? new ort.Tensor(tensorTypes[value.dtype], target, value.shape) : null;
    }
    const results = await this.#session.run(fed, fetches);
    return Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [name, tensor.data as HostArray]),
    ) as Record<Name, HostArray>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }
}

const tensorTypes: Record<Dtype, 'float32' | 'float16' | 'int64' | 'int32' | 'bool'> = {
  float32: 'float32',
  float16: 'float16',
  int64: 'int64',
  int32: 'int32',
  bool: 'bool',
};

/** ONNX Runtime reads external weights relative to the model's own file, so the model is put beside them for a moment. */
async function compileBeside(
  folder: string,
  model: Uint8Array,
  settings: ort.InferenceSession.SessionOptions,
): Promise<ort.InferenceSession> {
  const file = join(folder, `.graph-${process.pid}-${Math.round(performance.now() * 1e3)}.onnx`);
  try {
    await writeFile(file, model);
    return await ort.InferenceSession.create(file, settings);
  } catch (cause) {
    throw new AppError('internal', { cause, details: { file } });
  } finally {
    await rm(file, { force: true });
  }
}

/** A folder for weights that exist nowhere as a file yet; the caller removes it. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'darkroom-'));
}
