// The UNet as a sampler sees it: conditionings batched, run, and combined by the guidance.
import { input } from '@darkroom/graph/value';
import { AppError } from '@darkroom/shared/errors';
import type { Evaluation } from '@darkroom/shared/samplers/sampler';
import { unet } from '../models/unet.ts';
import type { UnetConfig } from '../models/unet-config.ts';
import type { Lease } from '../runtime/budget-cache.ts';
import type { ModelStore, Network } from '../runtime/model-store.ts';
import type { Session } from '../runtime/session.ts';
import type { Unet } from './diffusion-model.ts';
import { combine, conditionings, type Guidance } from './guidance.ts';
import type { PlaneSize } from './latents.ts';
import type { TextStates } from './text-encoder.ts';

/** What the network is told besides the noisy latents. */
export interface PredictorInputs {
  readonly size: PlaneSize;
  readonly text: { readonly prompt: TextStates; readonly negative: TextStates };
  /** Channels beside the noisy ones, [1, C, height, width]. */
  readonly channels?: Float32Array | undefined;
  readonly guidance: Guidance;
}

/** Runs a UNet for one image; holds its session until disposed. */
export class Predictor implements Disposable {
  readonly #lease: Lease<Session>;
  readonly #guidance: Guidance;
  /** Feeds with everything in place but the noisy channels and the timestep. */
  readonly #feeds: {
    readonly sample: Float32Array;
    readonly timestep: Float32Array;
    readonly context: Float32Array;
  };
  readonly #embedding: Float32Array | undefined;

  private constructor(lease: Lease<Session>, config: UnetConfig, inputs: PredictorInputs) {
    this.#lease = lease;
    this.#guidance = networkGuidance(config, inputs.guidance);
    this.#feeds = prepareFeeds(config, inputs, this.#guidance);
    this.#embedding = embeddedGuidance(config, inputs.guidance);
  }

  /** @throws model_unsupported when the network takes other channels; model_not_found, model_corrupt, out_of_memory */
  static async open(
    store: ModelStore,
    { component, config }: Unet,
    inputs: PredictorInputs,
  ): Promise<Predictor> {
    refuseOtherChannels(config, inputs);
    const rows = conditionings(networkGuidance(config, inputs.guidance)).length;
    const network = unetNetwork(config, { rows, size: inputs.size, length: inputs.text.prompt.length });
    const lease = await store.session({ component, ...network });
    return new Predictor(lease, config, inputs);
  }

  /** The guided model output for one sampler request. */
  async predict({ input: noisy, timestep }: Pick<Evaluation, 'input' | 'timestep'>): Promise<Float32Array> {
    const feeds = this.#feeds;
    const rows = feeds.timestep.fill(timestep).length;
    const stride = feeds.sample.length / rows;
    for (let row = 0; row < rows; row++) feeds.sample.set(noisy, row * stride);
    const guidance = this.#embedding && { guidance: this.#embedding };
    const { output } = await this.#lease.value.run<'output'>({ ...feeds, ...guidance });
    return combine(this.#guidance, rowsOf(output as Float32Array, rows));
  }

  [Symbol.dispose](): void {
    this.#lease[Symbol.dispose]();
  }
}

interface BatchShape {
  readonly rows: number;
  readonly size: PlaneSize;
  /** Tokens of a text. */
  readonly length: number;
}

/** The UNet at one batch shape. */
export function unetNetwork(
  config: UnetConfig,
  { rows, size: { width, height }, length }: BatchShape,
): Pick<Network, 'key' | 'build'> {
  const sample = [rows, config.in_channels, height, width];
  const guidanceWidth = config.time_cond_proj_dim;
  return {
    key: `${sample.join('x')} ${length} tokens`,
    build: (scope) => {
      const inputs = {
        sample: input('sample', sample),
        timestep: input('timestep', [rows]),
        context: input('context', [rows, length, config.cross_attention_dim]),
        ...(guidanceWidth !== null && { guidance: input('guidance', [rows, guidanceWidth]) }),
      };
      return { output: unet(scope, inputs, config) };
    },
  };
}

/** A network distilled with the scale as an input is asked once. */
function networkGuidance(config: UnetConfig, guidance: Guidance): Guidance {
  return config.time_cond_proj_dim === null ? guidance : { kind: 'none' };
}

/** Sinusoids of 1000 · (scale - 1), sines first, as latent consistency models were trained (Luo et al. 2023). */
function embeddedGuidance(config: UnetConfig, guidance: Guidance): Float32Array | undefined {
  if (config.time_cond_proj_dim === null) return undefined;
  const scale = guidance.kind === 'text' ? guidance.scale : 1;
  const half = config.time_cond_proj_dim / 2;
  const angles = Array.from({ length: half }, (_, i) => 1000 * (scale - 1) * 10_000 ** (-i / (half - 1)));
  return Float32Array.from([...angles.map(Math.sin), ...angles.map(Math.cos)]);
}

function prepareFeeds(config: UnetConfig, { size, text, channels }: PredictorInputs, guidance: Guidance) {
  const rows = conditionings(guidance);
  const stride = config.in_channels * size.width * size.height;
  const sample = new Float32Array(rows.length * stride);
  const states = text.prompt.data.length;
  const context = new Float32Array(rows.length * states);
  rows.forEach((row, i) => {
    if (channels && row.image) sample.set(channels, (i + 1) * stride - channels.length);
    context.set(text[row.text].data, i * states);
  });
  return { sample, timestep: new Float32Array(rows.length), context };
}

function refuseOtherChannels(config: UnetConfig, { size, channels }: PredictorInputs): void {
  const given = config.out_channels + (channels?.length ?? 0) / (size.width * size.height);
  if (given === config.in_channels) return;
  const message = `UNet: takes ${config.in_channels} input channels, this use of it gives ${given}`;
  throw new AppError('model_unsupported', { message });
}

function rowsOf(batch: Float32Array, rows: number): Float32Array[] {
  const length = batch.length / rows;
  return Array.from({ length: rows }, (_, row) => batch.subarray(row * length, (row + 1) * length));
}
