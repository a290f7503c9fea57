/** Things in photos of the training split whose outlines are known: real objects where they really were. */
import { readFile } from 'node:fs/promises';
import { resizePlane } from '@darkroom/gpu-worker/vision/mask-logits';
import { decodeRle, type MaskRle } from '@darkroom/gpu-worker/vision/mask-rle';
import type { PhotoStore, StoredCutout, StoredPhoto } from '../data/store.ts';

/** One thing of one photo. */
export interface PhotoOutline {
  /** What the photo shows, where its package says so. */
  readonly noun?: string;
  /** The photo with the thing's matte as its alpha, bytes [height, width, 4]. */
  readonly rgba: Uint8Array;
  /** The thing alone, cut out. */
  readonly cutout: StoredCutout;
}

interface OutlineFile {
  readonly made: string;
  readonly outlines: readonly { readonly photo: string; readonly rle: MaskRle }[];
}

/** The outlines of a store's photos, by the photo's index. */
export async function readOutlines(photos: PhotoStore): Promise<ReadonlyMap<number, PhotoOutline>> {
  const text = await readFile(new URL('./photo-outlines.json', import.meta.url), 'utf8');
  const { outlines } = JSON.parse(text) as OutlineFile;
  const places = new Map(photos.entries.map(({ id }, index) => [id, index]));
  return new Map(
    outlines.flatMap(({ photo, rle }) => {
      const index = places.get(photo);
      if (index === undefined) return [];
      const noun = photos.entries[index]?.caption;
      return [[index, { ...(noun && { noun }), ...outlined(photos.photo(index), rle) }] as const];
    }),
  );
}

/** Lays the mask over the photo; enlarged bilinearly, its edge is a few pixels wide. */
function outlined({ width, height, rgb }: StoredPhoto, rle: MaskRle): Omit<PhotoOutline, 'noun'> {
  const small = decodeRle(rle);
  const matte = resizePlane({ ...small, data: Float32Array.from(small.data) }, { width, height });
  const rgba = new Uint8Array(width * height * 4);
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgba[i * 4 + c] = rgb[i * 3 + c] as number;
    const alpha = steep(matte.data[i] as number);
    rgba[i * 4 + 3] = Math.round(255 * alpha);
    if (alpha === 0) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x + 1), Math.max(bottom, y + 1)];
  }
  const size = { width: right - left, height: bottom - top };
  const cut = new Uint8Array(size.width * size.height * 4);
  for (let y = 0; y < size.height; y++) {
    const from = ((top + y) * width + left) * 4;
    cut.set(rgba.subarray(from, from + size.width * 4), y * size.width * 4);
  }
  return { rgba, cutout: { ...size, rgba: cut } };
}

/** Half the width of the ramp that enlarging makes of an edge, and a little inside it: the ground must not shine through. */
function steep(value: number): number {
  return Math.min(1, Math.max(0, (value - 0.4) / 0.4));
}
