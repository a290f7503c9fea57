import { expect, it } from 'vitest';
import { drawLabels } from './draw-labels.ts';
import type { Raster } from './raster.ts';

const grey: Raster = { width: 120, height: 60, channels: 3, data: new Uint8Array(120 * 60 * 3).fill(128) };
const ground = [200, 0, 0] as const;

function pixel({ width, data }: Raster, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

it('writes on a coloured ground and leaves the rest as it is', async () => {
  const drawn = await drawLabels(grey, [{ text: '<cat> & 猫', x: 10, y: 5, ground }], 16);
  expect(pixel(drawn, 10, 5)).toEqual([200, 0, 0]);
  expect(pixel(drawn, 9, 5)).toEqual([128, 128, 128]);
  expect(pixel(drawn, 10, 5 + Math.ceil(1.4 * 16))).toEqual([128, 128, 128]);
  expect(grey.data.every((byte) => byte === 128)).toBe(true);
});

it('keeps a label within the picture, and draws none where a letter has no room', async () => {
  const label = { text: 'far out', x: 500, y: -30, ground };
  const drawn = await drawLabels(grey, [label], 16);
  expect(pixel(drawn, 119, 0)).toEqual([200, 0, 0]);
  expect((await drawLabels(grey, [label], 61)).data).toEqual(grey.data);
  expect((await drawLabels(grey, [], 16)).data).toEqual(grey.data);
});
