import { type Plane, tentBlur } from './plane-blur.ts';
import type { Float32Image } from './raster.ts';

/**
 * Judges, at the model's resolution, where the affine prediction of an edit may be trusted. The answer has four values a
 * pixel, [keep, r, g, b]: the finished colour is `keep × affine(original) + [r, g, b]`. Where nothing has to be
 * corrected it is [1, 0, 0, 0]; where the edit painted over the photo's detail it is [0, the edited colour].
 */
export function editCorrection(after: Float32Image, predicted: Float32Image): Plane {
  const { width, height } = after;
  const aimed = clamped(predicted);
  const trust = residualTrust(after, aimed);
  const kept = keptDetail(after, aimed);
  const data = new Float32Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const keep = kept[pixel] as number;
    const add = trust[pixel] as number;
    data[pixel * 4] = keep;
    for (let c = 0; c < 3; c++) {
      const edited = after.data[pixel * 3 + c] as number;
      const residual = edited - (aimed.data[pixel * 3 + c] as number);
      data[pixel * 4 + 1 + c] = keep * add * residual + (1 - keep) * edited;
    }
  }
  return { width, height, channels: 4, data };
}

/** Residuals whose root mean square stays below this are noise at most: a level of three quarters. */
const noiseFloor = 0.75 / 255;
/** More than this is content, however much of the picture it fills. */
const noiseCap = 0.025;

/** How much of the residual is content, per pixel in [0, 1]: its local energy against the picture's usual energy. */
function residualTrust(after: Float32Image, aimed: Float32Image): Float32Array {
  const { width, height } = after;
  const energy = new Float32Array(width * height);
  for (let i = 0; i < after.data.length; i++) {
    const residual = (after.data[i] as number) - (aimed.data[i] as number);
    energy[Math.floor(i / 3)] = (energy[Math.floor(i / 3)] as number) + (residual * residual) / 3;
  }
  const local = tentBlur({ width, height, channels: 1, data: energy }, 1).data;
  const usual = local.slice().sort()[Math.floor(local.length / 2)] as number;
  const noise = Math.min(noiseCap ** 2, Math.max(noiseFloor ** 2, usual));
  return local.map((value) => smoothstep(2 * noise, 6 * noise, value));
}

const fineRadius = 1;
const coarseRadius = 3;
/** Weight of weaker evidence (coarser band, wider window) beside the finest and nearest. */
const fallback = 0.05;
/** Slopes of the edit's detail on the predicted detail: at `lost` none of it is kept, from `kept` on all of it. */
const slopes = { lost: 0.3, kept: 0.7 } as const;

/**
 * How much of the photo's fine detail survives, per pixel in [0, 1]: the regression slope of the edited picture's
 * high frequencies on those of the prediction. 1 for edits of tone and colour, 0 after blur or where something else
 * was painted. Noise in the edited picture has no correlation with the photo and does not move it.
 */
function keptDetail(after: Float32Image, aimed: Float32Image): Float32Array {
  const fine = detailMoments(after, aimed, fineRadius);
  const coarse = detailMoments(after, aimed, coarseRadius);
  const wideRadius = Math.max(4, Math.round(Math.max(after.width, after.height) / 12));
  const near = tentBlur(fine, 2).data;
  const levels = [
    tentBlur(fine, wideRadius).data,
    tentBlur(coarse, 4).data,
    tentBlur(coarse, wideRadius).data,
  ];
  const kept = new Float32Array(after.width * after.height);
  for (let pixel = 0; pixel < kept.length; pixel++) {
    let cross = (near[pixel * 2] as number) + fallback * noiseFloor ** 2;
    let own = (near[pixel * 2 + 1] as number) + fallback * noiseFloor ** 2;
    for (const level of levels) {
      cross += fallback * (level[pixel * 2] as number);
      own += fallback * (level[pixel * 2 + 1] as number);
    }
    kept[pixel] = smoothstep(slopes.lost, slopes.kept, cross / own);
  }
  return kept;
}

/** Per pixel [detail of after × detail of aimed, detail of aimed squared], summed over colours. */
function detailMoments(after: Float32Image, aimed: Float32Image, radius: number): Plane {
  const edited = highPass(after, radius);
  const expected = highPass(aimed, radius);
  const moments = new Float32Array((edited.length / 3) * 2);
  for (let i = 0; i < edited.length; i++) {
    const to = Math.floor(i / 3) * 2;
    const detail = expected[i] as number;
    moments[to] = (moments[to] as number) + (edited[i] as number) * detail;
    moments[to + 1] = (moments[to + 1] as number) + detail * detail;
  }
  return { width: after.width, height: after.height, channels: 2, data: moments };
}

function highPass(image: Float32Image, radius: number): Float32Array {
  const blurred = tentBlur({ ...image, channels: 3 }, radius).data;
  return image.data.map((value, i) => value - (blurred[i] as number));
}

function clamped(image: Float32Image): Float32Image {
  return { ...image, data: image.data.map((value) => Math.min(1, Math.max(0, value))) };
}

function smoothstep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
