/** Cut-outs of photos taken before a plain ground: what is not the ground, and hangs together with the frame, is the object. */
import type { DecodedCutout } from './cutout-decoder.ts';
import type { StoredPhoto } from './store.ts';

/** Distance of colours, in bytes of the most different channel, up to which a pixel is ground. */
const groundReach = 14;
/** From this distance on it is wholly object. */
const objectReach = 40;

/**
 * Lays alpha over a photo: 0 for pixels of the border's mean colour that the border reaches, growing to 255 with the
 * distance from that colour; places that the border does not reach, such as a highlight, stay opaque.
 */
export function cutFromGround({ width, height, rgb }: StoredPhoto): DecodedCutout {
  const distance = distanceFrom(borderMean({ width, height, rgb }), rgb);
  const reached = floodFromBorder({ width, height }, (pixel) => (distance[pixel] as number) < objectReach);
  const rgba = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < 3; c++) rgba[pixel * 4 + c] = rgb[pixel * 3 + c] as number;
    const share = ((distance[pixel] as number) - groundReach) / (objectReach - groundReach);
    rgba[pixel * 4 + 3] = reached[pixel] ? Math.round(255 * Math.min(1, Math.max(0, share))) : 255;
  }
  return { width, height, rgba };
}

function borderPixels(width: number, height: number): number[] {
  const rows = Array.from({ length: width }, (_, x) => [x, (height - 1) * width + x]);
  const columns = Array.from({ length: height }, (_, y) => [y * width, y * width + width - 1]);
  return [...rows, ...columns].flat();
}

function borderMean({ width, height, rgb }: StoredPhoto): readonly number[] {
  const border = borderPixels(width, height);
  return [0, 1, 2].map(
    (c) => border.reduce((sum, pixel) => sum + (rgb[pixel * 3 + c] as number), 0) / border.length,
  );
}

function distanceFrom(ground: readonly number[], rgb: Uint8Array): Float32Array {
  return Float32Array.from({ length: rgb.length / 3 }, (_, pixel) =>
    Math.max(...ground.map((value, c) => Math.abs((rgb[pixel * 3 + c] as number) - value))),
  );
}

/** Pixels that a path of passable 4-neighbours joins with the border. */
function floodFromBorder(
  { width, height }: { readonly width: number; readonly height: number },
  isPassable: (pixel: number) => boolean,
): Uint8Array {
  const reached = new Uint8Array(width * height);
  const open: number[] = [];
  const visit = (pixel: number): void => {
    if (reached[pixel] || !isPassable(pixel)) return;
    reached[pixel] = 1;
    open.push(pixel);
  };
  for (const pixel of borderPixels(width, height)) visit(pixel);
  for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
    const x = pixel % width;
    if (x > 0) visit(pixel - 1);
    if (x < width - 1) visit(pixel + 1);
    if (pixel >= width) visit(pixel - width);
    if (pixel < width * (height - 1)) visit(pixel + width);
  }
  return reached;
}
