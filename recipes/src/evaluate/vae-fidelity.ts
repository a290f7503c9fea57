/** How well held-out photos survive the autoencoder. */
import { decodeLatent, encodeImage, openVae } from '@darkroom/gpu-worker/diffusion/vae';
import { readModelIndex, requireComponent } from '@darkroom/gpu-worker/models/model-index';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import type { PhotoStore } from '../data/store.ts';
import type { Pixels } from '../pixels.ts';
import { centralView } from '../training/view.ts';
import { peakSignalToNoise } from './statistics.ts';

const size = { width: 256, height: 192 };

/** PSNR in dB of each photo of the store, its middle at 256 × 192. */
export async function vaeFidelity(folder: string, photos: PhotoStore): Promise<number[]> {
  await using store = new ModelStore({ budgetBytes: 2 ** 28 });
  const vae = await openVae(await requireComponent(await readModelIndex(folder), 'vae'));
  const figures: number[] = [];
  for (const index of photos.entries.keys()) {
    const photo = centralView(photos.photo(index), size);
    const { mean } = await encodeImage(store, vae, { ...size, data: toPlanes(photo) });
    const latent = { width: size.width / vae.factor, height: size.height / vae.factor, data: mean };
    const { data } = await decodeLatent(store, vae, latent);
    figures.push(peakSignalToNoise(photo, fromPlanes(data)));
  }
  return figures;
}

const area = size.width * size.height;

/** Interleaved [0, 1] to planes in [-1, 1]. */
function toPlanes({ data }: Pixels): Float32Array {
  return data.map((_, i) => 2 * (data[(i % area) * 3 + Math.floor(i / area)] as number) - 1);
}

function fromPlanes(planes: Float32Array): Pixels {
  const data = planes.map((_, i) => {
    const value = ((planes[(i % 3) * area + Math.floor(i / 3)] as number) + 1) / 2;
    return Math.min(1, Math.max(0, value));
  });
  return { ...size, data };
}
