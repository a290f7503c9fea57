/** How well held-out photos survive the autoencoder. */
import { decodeLatent, encodeImage, openVae } from '@darkroom/gpu-worker/diffusion/vae';
import { floatImageFromTensor } from '@darkroom/gpu-worker/image/resize';
import { readModelIndex, requireComponent } from '@darkroom/gpu-worker/models/model-index';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import type { PhotoStore } from '../data/store.ts';
import { toPlanes } from '../pixels.ts';
import { clamp01 } from '../teachers/colour-map.ts';
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
    const decoded = floatImageFromTensor((await decodeLatent(store, vae, latent)).data, size);
    figures.push(peakSignalToNoise(photo, { ...size, data: decoded.data.map(clamp01) }));
  }
  return figures;
}
