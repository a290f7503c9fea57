// Segment Anything's image encoder beside the same one in transformers.js.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type SamConfig, samConfigOf } from '@darkroom/gpu-worker/models/sam/sam-config';
import { samVisionEncoder } from '@darkroom/gpu-worker/models/sam/vision-encoder';
import { Session, temporaryFolder } from '@darkroom/gpu-worker/runtime/session';
import { Scope } from '@darkroom/graph/layers/scope';
import { type Graph, graphOf, input, storedParameters } from '@darkroom/graph/value';
import { randomWeights } from '../random-weights.ts';
import { median, type Time, timed } from '../timing.ts';
import { installPeer, Peer } from './peer.ts';
import { exportedEncoderGraph, writePeerModel } from './peer-model.ts';

/** How long one picture takes to encode; medians. */
export interface EncoderFigures {
  readonly encoderSeconds: number;
  readonly encoderCpuSeconds: number;
  readonly peerSeconds: number;
  readonly peerCpuSeconds: number;
  /** How many times as fast as the peer, by the clock. */
  readonly timesPeer: number;
  /** The same by processor time of all threads, which other programs disturb less. */
  readonly cpuTimesPeer: number;
}

/** Largest difference of the two answers, relative to the largest number in them. */
const tolerance = 1e-4;

/** Runs both in turn, so that whatever else the machine does meets both alike. */
export async function benchEncoder(
  config: SamConfig = samConfigOf('vit_b'),
  rounds = 5,
): Promise<EncoderFigures> {
  const installed = await installPeer();
  const folder = await temporaryFolder();
  try {
    const weights = randomWeights(storedParameters(exportedEncoderGraph(config)));
    await writePeerModel(join(folder, 'sam'), config, weights);
    await using peer = await Peer.open(installed, join(folder, 'sam'));
    await using session = await Session.compile(encoderGraph(config), { weights });
    return await compareInTurn(session, peer, { side: config.vision_config.image_size, rounds });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The encoder as this project builds it. */
export function encoderGraph({ vision_config: config }: SamConfig): Graph {
  const image = input('image', [1, config.num_channels, config.image_size, config.image_size]);
  return graphOf({ embeddings: samVisionEncoder(Scope.root(), image, config).embeddings });
}

async function compareInTurn(
  session: Session,
  peer: Peer,
  { side, rounds }: { readonly side: number; readonly rounds: number },
): Promise<EncoderFigures> {
  const image = Float32Array.from({ length: 3 * side * side }, (_, i) => Math.sin(i * 0.37));
  const times: Record<'own' | 'peer', Time[]> = { own: [], peer: [] };
  for (let round = 0; round <= rounds; round++) {
    const own = await timed(() => session.run<'embeddings'>({ image }));
    const theirs = await peer.encode(image);
    if (round > 0) {
      times.own.push(own);
      times.peer.push(theirs);
      continue;
    }
    // The first round warms up, and shows that both compute the same.
    const difference = relativeDifference(own.value.embeddings as Float32Array, theirs.embedding);
    if (!(difference < tolerance)) throw new Error(`the two encoders differ by ${difference}`);
  }
  const [own, theirs] = [median(times.own), median(times.peer)];
  return {
    encoderSeconds: own.seconds,
    encoderCpuSeconds: own.cpuSeconds,
    peerSeconds: theirs.seconds,
    peerCpuSeconds: theirs.cpuSeconds,
    timesPeer: theirs.seconds / own.seconds,
    cpuTimesPeer: theirs.cpuSeconds / own.cpuSeconds,
  };
}

function relativeDifference(a: Float32Array, b: Float32Array): number {
  let [worst, largest] = [a.length === b.length ? 0 : Number.POSITIVE_INFINITY, 0];
  a.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(value - (b[i] ?? Number.NaN)));
    largest = Math.max(largest, Math.abs(value));
  });
  return worst / largest;
}
