/** A sheet of pictures with what was said about them. */
import sharp from 'sharp';
import type { Captioned } from './caption-quality.ts';

const cell = { width: 320, height: 240 };
const lineHeight = 20;
const columns = 4;

/** Writes a JPEG or PNG, by the file's name: each picture above its caption and, in brackets, what it should have been. */
export async function writeCaptionSheet(captioned: readonly Captioned[], file: string): Promise<void> {
  const block = cell.height + 2 * lineHeight + 8;
  const layers = await Promise.all(
    captioned.map(async ({ raster, said, wanted, score }, i) => {
      const [left, top] = [(i % columns) * (cell.width + 8), Math.floor(i / columns) * block];
      const { data, ...raw } = raster;
      const picture = await sharp(data, { raw })
        .resize({ ...cell, fit: 'contain', background: '#ffffff' })
        .png()
        .toBuffer();
      const words = linesOf([`${said} ${score.toFixed(2)}`, `(${wanted})`]);
      return [
        { input: picture, left, top },
        { input: words, left, top: top + cell.height },
      ];
    }),
  );
  const size = {
    width: columns * (cell.width + 8),
    height: Math.ceil(captioned.length / columns) * block,
  };
  await sharp({ create: { ...size, channels: 3, background: '#ffffff' } })
    .composite(layers.flat())
    .toFile(file);
}

function linesOf(lines: readonly string[]): Buffer {
  const texts = lines.map((line, i) => {
    const escaped = line.replace(/[<&]/g, (character) => (character === '<' ? '&lt;' : '&amp;'));
    return `<text x="2" y="${15 + i * lineHeight}" font-family="sans-serif" font-size="12">${escaped}</text>`;
  });
  return Buffer.from(
    `<svg width="${cell.width}" height="${lines.length * lineHeight}">${texts.join('')}</svg>`,
  );
}
