/** A sheet of pictures under lines of text, to look through answers. */
import { encodeImage } from '@darkroom/gpu-worker/image/encode';
import type { Raster } from '@darkroom/gpu-worker/image/raster';
import sharp from 'sharp';

export interface SheetCell {
  readonly raster: Raster;
  readonly caption: string;
}

const cell = { width: 320, height: 240 };
const captionHeight = 18;
const gap = 4;

/** Writes cells in rows of `columns`, as a JPEG or, by the file's name, a PNG. */
export async function writePictureSheet(
  cells: readonly SheetCell[],
  file: string,
  columns = 4,
): Promise<void> {
  const pitch = { x: cell.width + gap, y: cell.height + captionHeight + gap };
  const layers = await Promise.all(
    cells.map(async ({ raster, caption }, i) => {
      const [left, top] = [(i % columns) * pitch.x, Math.floor(i / columns) * pitch.y];
      const picture = await sharp(await encodeImage(raster, { format: 'png' }))
        .resize({ ...cell, fit: 'contain', background: '#ffffff' })
        .png()
        .toBuffer();
      return [
        { input: captionOf(caption), left, top },
        { input: picture, left, top: top + captionHeight },
      ];
    }),
  );
  const size = { width: columns * pitch.x, height: Math.max(1, Math.ceil(cells.length / columns)) * pitch.y };
  const sheet = sharp({ create: { ...size, channels: 3, background: '#ffffff' } }).composite(layers.flat());
  await (/\.png$/i.test(file) ? sheet.png() : sheet.jpeg({ quality: 85 })).toFile(file);
}

function captionOf(text: string): Buffer {
  const escaped = text.replace(/[<&]/g, (sign) => (sign === '<' ? '&lt;' : '&amp;'));
  return Buffer.from(
    `<svg width="${cell.width}" height="${captionHeight}"><text x="2" y="13" font-family="sans-serif" font-size="12">${escaped}</text></svg>`,
  );
}
