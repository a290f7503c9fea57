import sharp, { type OverlayOptions } from 'sharp';
import { assertRaster, flattenAlpha, type Raster } from './raster.ts';

/** Red, green and blue, as bytes. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A line of text on a coloured ground. */
export interface TextLabel {
  readonly text: string;
  /** Upper left corner, in pixels; the label is moved into the picture where it would leave it. */
  readonly x: number;
  readonly y: number;
  readonly ground: Colour;
}

/** Width of a character, and height of a line, as parts of the size of the letters. */
const characterWidth = 0.62;
const lineHeight = 1.4;
/** A character of these scripts is as wide as it is high. */
const wide = /[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/u;

/** Writes labels on a picture, of which alpha is laid on white. @param size of the letters, in pixels */
export async function drawLabels(
  raster: Raster,
  labels: readonly TextLabel[],
  size: number,
): Promise<Raster> {
  assertRaster(raster, 'raster');
  const { width, height, channels, data } = flattenAlpha(raster);
  const tags = labels.flatMap((label) => tagOf(label, size, { width, height }));
  if (tags.length === 0) return { width, height, channels, data };
  const bytes = await sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .composite(tags)
    .removeAlpha()
    .raw()
    .toBuffer();
  return { width, height, channels, data: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** A label as a small drawing; nothing where the picture is too small for one letter. */
function tagOf(
  { text, x, y, ground }: TextLabel,
  size: number,
  picture: { readonly width: number; readonly height: number },
): OverlayOptions[] {
  const characters = [...text].reduce((sum, sign) => sum + (wide.test(sign) ? 1 : characterWidth), 0);
  const width = Math.min(picture.width, Math.ceil((characters + characterWidth) * size));
  const height = Math.min(picture.height, Math.ceil(lineHeight * size));
  if (height < size || width < size) return [];
  const [red, green, blue] = ground;
  const ink = 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? 'black' : 'white';
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<rect width="100%" height="100%" fill="rgb(${red},${green},${blue})"/>
<text x="${0.3 * size}" y="${1.03 * size}" font-family="sans-serif" font-size="${size}" fill="${ink}">${escaped(text)}</text>
</svg>`;
  const left = Math.round(Math.min(Math.max(0, x), picture.width - width));
  const top = Math.round(Math.min(Math.max(0, y), picture.height - height));
  return [{ input: Buffer.from(drawing), left, top }];
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text between tags; what XML cannot hold is left out. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\ufffe\uffff]/gu, ' ').replace(/[&<>]/gu, (sign) => entities[sign] as string);
}
