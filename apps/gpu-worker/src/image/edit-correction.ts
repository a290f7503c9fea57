import { binomialBlur, type Plane, tentBlur } from './plane-blur.ts';
import type { Float32Image } from './raster.ts';

/**
 * Judges, at the model's resolution, where the affine prediction of an edit may be trusted. The answer has four values a
 * pixel, [keep, r, g, b]: the finished colour is `keep × affine(original) + [r, g, b]`. Where nothing has to be
 * corrected it is [1, 0, 0, 0]; where the edit painted over the photo's detail it is [0, the edited colour].
 */
export function editCorrection(after: Float32Image, predicted: Float32Image): Plane {
  const { width, height } = after;
  const aimed = clamped(predicted);
  const energy = residualEnergy(after, aimed);
  const noise = noiseEnergy(energy);
  const kept = keptDetail(after, aimed, noise);
  const data = new Float32Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const keep = kept[pixel] as number;
    const trust = smoothstep(2 * noise, 6 * noise, energy[pixel] as number);
    data[pixel * 4] = keep;
    for (let c = 0; c < 3; c++) {
      const edited = after.data[pixel * 3 + c] as number;
      const residual = edited - (aimed.data[pixel * 3 + c] as number);
      data[pixel * 4 + 1 + c] = keep * trust * residual + (1 - keep) * edited;
    }
  }
  return { width, height, channels: 4, data };
}

/** Mean square of the residual around each pixel. */
function residualEnergy(after: Float32Image, aimed: Float32Image): Float32Array {
  const { width, height } = after;
  const energy = new Float32Array(width * height);
  for (let i = 0; i < after.data.length; i++) {
    const residual = (after.data[i] as number) - (aimed.data[i] as number);
    energy[Math.floor(i / 3)] = (energy[Math.floor(i / 3)] as number) + (residual * residual) / 3;
  }
  return tentBlur({ width, height, channels: 1, data: energy }, 1).data;
}

/** Residuals whose root mean square stays below this are noise at most: a level of three quarters. */
const noiseFloor = 0.75 / 255;
/** More than this is content, however much of the picture it fills. */
const noiseCap = 0.035;

/** The residual's usual energy, taken for noise within bounds: content is rarer than noise, or stronger. */
function noiseEnergy(energy: Float32Array): number {
  const usual = energy.slice().sort()[Math.floor(energy.length / 2)] as number;
  return Math.min(noiseCap ** 2, Math.max(noiseFloor ** 2, usual));
}

/** Slopes of the edit's detail on the predicted detail: at `lost` none of it is kept, from `kept` on all of it. */
const slopes = { lost: 0.45, kept: 0.8 } as const;
/** Shares of the edit's detail that the prediction leaves open: up to `kept` it is kept, from `lost` on it is not. */
const unexplained = { kept: 0.35, lost: 0.7 } as const;
/** Noise energies of evidence that a window must hold before it outweighs the window asked before it. */
const caution = { wide: 0.15, near: 1.5 } as const;

/**
 * How much of the photo's fine detail survives, per pixel in [0, 1], from the regression of the edited picture's high
 * frequencies on those of the prediction. 1 for edits of tone and colour, 0 after blur or where something else was
 * painted. Noise in the edited picture has no correlation with the photo, so it does not lower the slope. Windows are
 * asked from wide and coarse to near and fine; one that holds little detail leaves the answer as it was.
 */
function keptDetail(after: Float32Image, aimed: Float32Image, noise: number): Float32Array {
  const wide = Math.max(4, Math.round(Math.max(after.width, after.height) / 12));
  const coarse = detailBand(after, aimed, { blur: (plane) => tentBlur(plane, 3), noise });
  const middle = detailBand(after, aimed, { blur: (plane) => tentBlur(plane, 1), noise });
  const fine = detailBand(after, aimed, { blur: binomialBlur, noise });
  const windows = [
    { moments: tentBlur(coarse.moments, wide).data, noise: coarse.noise, doubt: caution.wide * coarse.noise },
    { moments: tentBlur(middle.moments, wide).data, noise: middle.noise, doubt: caution.wide * middle.noise },
    { moments: tentBlur(fine.moments, wide).data, noise: fine.noise, doubt: caution.wide * fine.noise },
    { moments: tentBlur(middle.moments, 2).data, noise: middle.noise, doubt: caution.near * middle.noise },
    { moments: tentBlur(fine.moments, 2).data, noise: fine.noise, doubt: caution.near * fine.noise },
  ];
  return new Float32Array(after.width * after.height).map((_, pixel) => {
    let slope = 1;
    let open = 0;
    for (const { moments, noise: usual, doubt } of windows) {
      const cross = moments[pixel * 3] as number;
      const own = moments[pixel * 3 + 1] as number;
      const edited = moments[pixel * 3 + 2] as number;
      slope = (cross + doubt * slope) / (own + doubt);
      open = (Math.max(0, edited - 2 * cross + own - 3 * usual) + doubt * open) / (edited + doubt);
    }
    const explained = 1 - smoothstep(unexplained.kept, unexplained.lost, open);
    return smoothstep(slopes.lost, slopes.kept, slope) * explained;
  });
}

interface DetailBand {
  /** See detailMoments. */
  readonly moments: Plane;
  /** Mean square that noise may have in this band, per colour. */
  readonly noise: number;
}

/** What a high-pass leaves of the edit and of the prediction; an edit that is smooth here can hold no noise. */
function detailBand(
  after: Float32Image,
  aimed: Float32Image,
  { blur, noise }: { readonly blur: (plane: Plane) => Plane; readonly noise: number },
): DetailBand {
  const moments = detailMoments(after, highPass(after, blur), highPass(aimed, blur));
  const energies = new Float32Array(after.width * after.height);
  for (let i = 0; i < energies.length; i++) energies[i] = moments.data[i * 3 + 2] as number;
  const usual = energies.sort()[Math.floor(energies.length / 2)] as number;
  return { moments, noise: Math.max((0.25 / 255) ** 2, Math.min(noise, (usual * 2) / 3)) };
}

/** Per pixel, summed over colours: [detail of after × detail of aimed, that of aimed squared, that of after squared]. */
function detailMoments({ width, height }: Float32Image, edited: Float32Array, expected: Float32Array): Plane {
  const data = new Float32Array(edited.length);
  for (let i = 0; i < edited.length; i++) {
    const to = i - (i % 3);
    const [ours, theirs] = [edited[i] as number, expected[i] as number];
    data[to] = (data[to] as number) + ours * theirs;
    data[to + 1] = (data[to + 1] as number) + theirs * theirs;
    data[to + 2] = (data[to + 2] as number) + ours * ours;
  }
  return { width, height, channels: 3, data };
}

function highPass(image: Float32Image, blur: (plane: Plane) => Plane): Float32Array {
  const blurred = blur({ ...image, channels: 3 }).data;
  return image.data.map((value, i) => value - (blurred[i] as number));
}

function clamped(image: Float32Image): Float32Image {
  return { ...image, data: image.data.map((value) => Math.min(1, Math.max(0, value))) };
}

function smoothstep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
