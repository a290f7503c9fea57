import sharp from 'sharp';
import { assertRaster, type Float32Image, flattenAlpha, type Raster } from './raster.ts';

/** Sides in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a model accepts: both sides multiples of `multiple`, and a budget for the longer side or for the area. */
export type ModelSizeBudget =
  | { readonly multiple: number; readonly longSide: number }
  | { readonly multiple: number; readonly areaPixels: number };

/**
 * The size at which a model works on a photo: the photo's aspect ratio as nearly as multiples allow, the budget used
 * but not exceeded, no side below one multiple. Small photos are enlarged, for models know one scale.
 * @throws TypeError for sides, multiple or budget that are not positive whole numbers, or a budget below one multiple.
 */
export function modelSize(width: number, height: number, budget: ModelSizeBudget): Size {
  assertBudget(width, height, budget);
  const { multiple } = budget;
  const [long, short] = width >= height ? [width, height] : [height, width];
  const sides =
    'longSide' in budget
      ? { long: floorTo(budget.longSide, multiple), area: Number.POSITIVE_INFINITY }
      : { long: floorTo(Math.sqrt((budget.areaPixels * long) / short), multiple), area: budget.areaPixels };
  const fitted = fitSides(Math.max(multiple, sides.long), short / long, { multiple, area: sides.area });
  return width >= height
    ? { width: fitted.long, height: fitted.short }
    : { width: fitted.short, height: fitted.long };
}

function fitSides(
  longest: number,
  ratio: number,
  { multiple, area }: { readonly multiple: number; readonly area: number },
): { long: number; short: number } {
  const short = Math.max(multiple, Math.round((longest * ratio) / multiple) * multiple);
  if (longest * short <= area) return { long: longest, short };
  const shorter = Math.max(multiple, short - multiple);
  return { long: Math.max(multiple, Math.min(longest, floorTo(area / shorter, multiple))), short: shorter };
}

function floorTo(value: number, multiple: number): number {
  return Math.floor(value / multiple) * multiple;
}

function assertBudget(width: number, height: number, budget: ModelSizeBudget): void {
  for (const [name, value] of Object.entries({ width, height, ...budget })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new TypeError(`modelSize ${name}: expected a whole number of at least 1, got ${value}`);
    }
  }
  const { multiple } = budget;
  const [given, needed] =
    'longSide' in budget ? [budget.longSide, multiple] : [budget.areaPixels, multiple * multiple];
  if (given < needed) throw new TypeError(`modelSize budget: expected at least ${needed}, got ${given}`);
}

/** Resizes to exactly the given size with Lanczos3, on sRGB values as the models' training does; alpha is kept. */
export async function resizeRaster(raster: Raster, { width, height }: Size): Promise<Raster> {
  assertRaster(raster, 'raster');
  if (raster.width === width && raster.height === height) return raster;
  const { channels } = raster;
  const input = { raw: { width: raster.width, height: raster.height, channels }, limitInputPixels: false };
  const bytes = await sharp(raster.data, input)
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer();
  return { width, height, channels, data: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Bytes to the models' range: [1, 3, height, width] in [-1, 1], `x / 127.5 - 1`. Alpha is laid on white. */
export function toTensor(raster: Raster): Float32Array {
  const { width, height, data } = flattenAlpha(raster);
  const area = width * height;
  const tensor = new Float32Array(area * 3);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let c = 0; c < 3; c++) tensor[c * area + pixel] = (data[pixel * 3 + c] as number) / 127.5 - 1;
  }
  return tensor;
}

/**
 * [1, 3, height, width] in [-1, 1] to bytes as diffusers does: `round(255 × clamp(x / 2 + 0.5))`; NaN becomes 0.
 * @throws TypeError where the tensor's length does not fit the size.
 */
export function fromTensor(tensor: Float32Array, { width, height }: Size): Raster {
  assertTensor(tensor, { width, height });
  const area = width * height;
  const data = new Uint8Array(area * 3);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let c = 0; c < 3; c++) {
      const unit = Math.min(1, Math.max(0, (tensor[c * area + pixel] as number) / 2 + 0.5));
      data[pixel * 3 + c] = Math.round(255 * unit);
    }
  }
  return { width, height, channels: 3, data };
}

/**
 * [1, 3, height, width] in [-1, 1] to an interleaved picture, `x / 2 + 0.5`, neither rounded nor clamped: what
 * `upsampleEdit` takes.
 * @throws TypeError where the tensor's length does not fit the size.
 */
export function floatImageFromTensor(tensor: Float32Array, { width, height }: Size): Float32Image {
  assertTensor(tensor, { width, height });
  const area = width * height;
  const data = new Float32Array(area * 3);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let c = 0; c < 3; c++) data[pixel * 3 + c] = (tensor[c * area + pixel] as number) / 2 + 0.5;
  }
  return { width, height, data };
}

function assertTensor(tensor: Float32Array, { width, height }: Size): void {
  const expected = width * height * 3;
  if (tensor.length !== expected) {
    throw new TypeError(
      `tensor: expected ${expected} values for [1, 3, ${height}, ${width}], got ${tensor.length}`,
    );
  }
}
