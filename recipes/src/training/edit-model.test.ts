import { trainingGraph } from '@darkroom/gpu-worker/training/trainer';
import { check } from '@darkroom/graph/check';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { warmUp } from '@darkroom/graph/optimizers/schedule';
import { sizeOf } from '@darkroom/graph/shape';
import { describe, expect, it } from 'vitest';
import { editNetwork, editTraining, parseEditNetwork } from './edit-model.ts';
import { tinyNetwork } from './tiny-network.ts';

const shape = { batch: 2, height: 4, width: 8, length: 32 };
const deviations = new Float32Array(16).fill(1);

describe('the embedded edit model', () => {
  const training = editTraining(shape, { importance: deviations, knee: 0.15 });

  it('has 14.6 million parameters, all of which the loss moves', () => {
    const sizes = [...training.parameters.values()].map((value) => sizeOf(value.shape));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(total / 1e6).toBeCloseTo(14.6, 0);
  });

  it('makes a training step that is a sound graph', () => {
    const graph = trainingGraph({ ...training, optimizer: adamW(), learningRate: 1e-3, schedule: warmUp(1) });
    expect(() => check(graph)).not.toThrow();
    for (const name of training.parameters.keys()) expect(graph.outputs.has(`next:${name}`), name).toBe(true);
  });

  it('reads and writes the autoencoder’s latents', () => {
    expect(parseEditNetwork({ text_encoder: editNetwork.text, unet: editNetwork.unet })).toEqual(editNetwork);
  });
});

describe('another network', () => {
  it('trains in its place', () => {
    const { parameters } = editTraining(
      shape,
      { importance: deviations, knee: 0.15 },
      parseEditNetwork(tinyNetwork),
    );
    expect(parameters.get('unet.conv_in.weight')?.shape).toEqual([8, 32, 3, 3]);
  });

  it('is refused when it has other latents, or none of the two networks', () => {
    const unet = { ...tinyNetwork.unet, in_channels: 4, out_channels: 4 };
    expect(() => parseEditNetwork({ ...tinyNetwork, unet })).toThrow(
      'expected 32 channels in and 16 out, came 4 and 4',
    );
    expect(() => parseEditNetwork({ unet: tinyNetwork.unet })).toThrow();
    expect(() => parseEditNetwork({ text_encoder: tinyNetwork.text_encoder })).toThrow();
  });
});
