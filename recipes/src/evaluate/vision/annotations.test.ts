import { maskArea, maskBox, maskIou } from '@darkroom/gpu-worker/vision/binary-mask';
import { type Box, boxIou } from '@darkroom/gpu-worker/vision/boxes';
import { decodeRle } from '@darkroom/gpu-worker/vision/mask-rle';
import { describe, expect, test } from 'vitest';
import { packagePin } from '../../data/packages.ts';
import { cocoLabels } from '../../training/detect/coco-labels.ts';
import { readRealBoxes, readRealMasks } from './annotations.ts';

const masks = await readRealMasks();
const photos = await readRealBoxes();
const counted = photos.map(({ photo, boxes }) => ({
  photo,
  boxes: boxes.filter(({ ignore, crowd }) => !ignore && !crowd),
}));

function roleOf(photo: string): string {
  return packagePin(photo.slice(0, photo.indexOf(':'))).role;
}

describe('the outlines', () => {
  test('are of at least 20 things on photos that are never trained on', () => {
    expect(masks.length).toBeGreaterThanOrEqual(20);
    expect(new Set(masks.map(({ photo }) => photo)).size).toBeGreaterThanOrEqual(20);
    for (const { photo } of masks) expect(roleOf(photo), photo).toBe('evaluation');
    expect(new Set(masks.map(({ photo, object }) => `${photo} ${object}`)).size).toBe(masks.length);
  });

  test.each(masks)('$photo: $object is whole runs of a plausible area', ({ rle }) => {
    const mask = decodeRle(rle);
    expect(Math.max(mask.width, mask.height)).toBeLessThanOrEqual(768);
    const share = maskArea(mask) / (mask.width * mask.height);
    expect(share).toBeGreaterThan(0.005);
    expect(share).toBeLessThan(0.95);
  });

  test('of one photo hardly share pixels', () => {
    for (const [i, one] of masks.entries()) {
      for (const other of masks.slice(i + 1)) {
        if (one.photo !== other.photo) continue;
        expect(
          maskIou(decodeRle(one.rle), decodeRle(other.rle)),
          `${one.object}, ${other.object}`,
        ).toBeLessThan(0.03);
      }
    }
  });

  test('agree with the boxes that were drawn apart from them', () => {
    const agreed = masks.filter(({ photo, rle }) => {
      const outer = maskBox(decodeRle(rle)) as Box;
      const boxes = counted.find((candidate) => candidate.photo === photo)?.boxes ?? [];
      return boxes.some(({ box }) => boxIou(box, outer) > 0.85);
    });
    // The others have no COCO label: butterfly, squirrel, rabbit, kiwi fruit, lemon, sign, helmet, flower pot.
    expect(agreed.length).toBeGreaterThanOrEqual(masks.length - 10);
  });
});

describe('the boxes', () => {
  test('are on at least 30 photos that are never trained on, each named once', () => {
    expect(counted.filter(({ boxes }) => boxes.length > 0).length).toBeGreaterThanOrEqual(30);
    expect(new Set(photos.map(({ photo }) => photo)).size).toBe(photos.length);
    for (const { photo } of photos) expect(roleOf(photo), photo).toBe('evaluation');
  });

  test.each(photos)('of $photo lie in it and have COCO labels', ({ size: [height, width], boxes }) => {
    for (const { label, box } of boxes) {
      const [left, top, right, bottom] = box;
      expect(cocoLabels).toContain(label);
      expect(left >= 0 && top >= 0 && right <= width && bottom <= height, `${label} ${box}`).toBe(true);
      expect(Math.min(right - left, bottom - top), `${label} ${box}`).toBeGreaterThan(0);
    }
  });

  test('that count are large enough to be seen', () => {
    for (const { photo, boxes } of counted) {
      for (const { label, box } of boxes) {
        const area = (box[2] - box[0]) * (box[3] - box[1]);
        expect(area, `${photo} ${label}`).toBeGreaterThanOrEqual(256);
      }
    }
  });
});
