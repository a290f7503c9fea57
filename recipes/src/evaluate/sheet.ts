import { fromFloat32Image } from '@darkroom/gpu-worker/image/raster';
import sharp from 'sharp';
import type { Pixels } from '../pixels.ts';
import type { Shown } from './edit-quality.ts';

const cell = { width: 240, height: 160 };
const captionHeight = 22;
const pairsPerRow = 4;

/** A sheet of before / after pairs, each under its instruction, as a JPEG. */
export async function writeSheet(shown: readonly Shown[], file: string): Promise<void> {
  const rows = Math.ceil(shown.length / pairsPerRow);
  const pair = { width: 2 * cell.width + 8, height: cell.height + captionHeight };
  const layers = await Promise.all(
    shown.map(async (item, i) => {
      const [left, top] = [(i % pairsPerRow) * pair.width, Math.floor(i / pairsPerRow) * pair.height];
      return [
        { input: caption(item.instruction, pair.width), left, top },
        { input: await thumbnail(item.before), left, top: top + captionHeight },
        { input: await thumbnail(item.after), left: left + cell.width + 2, top: top + captionHeight },
      ];
    }),
  );
  const size = { width: pairsPerRow * pair.width, height: rows * pair.height };
  await sharp({ create: { ...size, channels: 3, background: '#ffffff' } })
    .composite(layers.flat())
    .jpeg({ quality: 82 })
    .toFile(file);
}

function thumbnail(pixels: Pixels): Promise<Buffer> {
  const { data, ...raw } = fromFloat32Image(pixels);
  return sharp(data, { raw })
    .resize({ ...cell, fit: 'cover' })
    .png()
    .toBuffer();
}

function caption(text: string, width: number): Buffer {
  const escaped = text.replace(/[<&]/g, (character) => (character === '<' ? '&lt;' : '&amp;'));
  return Buffer.from(
    `<svg width="${width}" height="${captionHeight}"><text x="4" y="16" font-family="sans-serif" font-size="14">${escaped}</text></svg>`,
  );
}
