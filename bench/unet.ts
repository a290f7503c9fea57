// How long one forward pass of Stable Diffusion 1.5's UNet takes, beside what the machine's matrix products reach.
import { rm } from 'node:fs/promises';
import { unetNetwork } from '@darkroom/gpu-worker/diffusion/predictor';
import { declareUnet } from '@darkroom/gpu-worker/models/declare-weights';
import { UnetConfig } from '@darkroom/gpu-worker/models/unet-config';
import { Session, temporaryFolder } from '@darkroom/gpu-worker/runtime/session';
import { Scope } from '@darkroom/graph/layers/scope';
import { sizeOf } from '@darkroom/graph/shape';
import { graphOf } from '@darkroom/graph/value';
import { countFlops } from './flops.ts';
import { measureGemmPeak } from './gemm-peak.ts';
import { writeRandomWeights } from './random-weights.ts';
import { median, repeated, timed } from './timing.ts';

/** What the UNet benchmark measured. */
export interface UnetFigures {
  readonly parameters: number;
  /** Building the graph. */
  readonly buildSeconds: number;
  /** Compiling it, weights read from a file. */
  readonly loadSeconds: number;
  /** Median of three, after one that does not count. */
  readonly forwardSeconds: number;
  readonly gflop: number;
  readonly gflopPerSecond: number;
  /** Best square matrix product through the same runtime. */
  readonly peakGflopPerSecond: number;
  readonly shareOfPeak: number;
  /** The same by processor time: what counts on a machine that does other things. */
  readonly cpuShareOfPeak: number;
}

const stableDiffusion15 = UnetConfig.parse({
  sample_size: 64,
  cross_attention_dim: 768,
  attention_head_dim: 8,
});
const batch = { rows: 1, size: { width: 64, height: 64 }, length: 77 };

/** Measures at 64 × 64 latents and batch 1; needs about 8 GB of memory and 4 GB of disk. */
export async function benchUnet(): Promise<UnetFigures> {
  const declared = declareUnet(stableDiffusion15);
  const parameters = declared.values().reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const peak = await measureGemmPeak();
  const folder = await temporaryFolder();
  try {
    const weights = await writeRandomWeights(declared, folder);
    const network = unetNetwork(stableDiffusion15, batch);
    const built = await timed(async () => graphOf(network.build(Scope.root())));
    const loaded = await timed(() => Session.compile(built.value, { weights, folder }));
    await using session = loaded.value;
    const feeds = Object.fromEntries(
      built.value.inputs.map((value) => [
        value.node.name as string,
        Float32Array.from({ length: sizeOf(value.shape) }, (_, i) => Math.sin(i)),
      ]),
    );
    const forward = median(await repeated(3, () => session.run(feeds)));
    const gflop = countFlops(built.value) / 1e9;
    const gflopPerSecond = gflop / forward.seconds;
    return {
      parameters,
      buildSeconds: built.seconds,
      loadSeconds: loaded.seconds,
      forwardSeconds: forward.seconds,
      gflop,
      gflopPerSecond,
      peakGflopPerSecond: peak.gflopPerSecond,
      shareOfPeak: gflopPerSecond / peak.gflopPerSecond,
      cpuShareOfPeak: gflop / forward.cpuSeconds / peak.gflopPerCpuSecond,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
