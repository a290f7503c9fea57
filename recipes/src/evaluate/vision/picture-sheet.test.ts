import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { writePictureSheet } from './picture-sheet.ts';

test('a sheet shows its pictures in rows, in the format of its name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'picture-sheet-'));
  try {
    const red = {
      width: 8,
      height: 6,
      channels: 3,
      data: new Uint8Array(144).map((_, i) => (i % 3 ? 0 : 200)),
    } as const;
    const file = join(folder, 'sheet.png');
    await writePictureSheet(
      [1, 2, 3].map((n) => ({ raster: red, caption: `${n} < 4 & 5` })),
      file,
      2,
    );
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 2 * 324, height: 2 * 262 });
    const at = (x: number, y: number) => [
      ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
    ];
    expect(at(324 + 160, 138)).toEqual([200, 0, 0]);
    expect(at(160, 262 + 138)).toEqual([200, 0, 0]);
    expect(at(324 + 160, 262 + 138)).toEqual([255, 255, 255]);
    await writePictureSheet([{ raster: red, caption: '' }], join(folder, 'sheet.jpg'));
    expect((await sharp(join(folder, 'sheet.jpg')).metadata()).format).toBe('jpeg');
  } finally {
    await rm(folder, { recursive: true });
  }
});
