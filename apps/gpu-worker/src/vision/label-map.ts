/** Which thing every pixel belongs to, as pictures: by its kind, by itself, and by both (Kirillov et al. 2019). */
import type { Size } from '../image/resize.ts';
import type { BinaryMask } from './binary-mask.ts';
import type { MaskRle } from './mask-rle.ts';

/** The most things that one byte tells apart, 0 being the background. */
export const maxInstances = 255;

/** Whose pixels are painted. */
export interface Instance {
  /** From 1 on; no other thing has it. */
  readonly id: number;
  /** Index of its kind. */
  readonly kind: number;
}

/**
 * Maps of a picture. Where things overlap, a pixel is the one's that was painted last: whoever paints the surest last lets
 * the score decide.
 */
export class LabelMaps {
  readonly #size: Size;
  /** Of every pixel, the id of its thing. */
  readonly #instances: Uint8Array;
  readonly #kinds = new Uint8Array(maxInstances + 1);

  constructor({ width, height }: Size) {
    this.#size = { width, height };
    this.#instances = new Uint8Array(width * height);
  }

  /** @throws RangeError for an id or a kind that a byte cannot tell */
  paint(mask: BinaryMask, { id, kind }: Instance): void {
    const fits = Number.isInteger(id) && id >= 1 && id <= maxInstances && kind >= 0 && kind < maxInstances;
    if (!fits || mask.data.length !== this.#instances.length) {
      throw new RangeError(`instance ${id} of kind ${kind}: expected bytes, and a mask of the maps' size`);
    }
    this.#kinds[id] = kind + 1;
    const inside = mask.data;
    for (let at = 0; at < inside.length; at++) if (inside[at] === 1) this.#instances[at] = id;
  }

  /** Ids, one byte a pixel. */
  get instance(): Uint8Array {
    return this.#instances;
  }

  /** Kinds from 1 on, one byte a pixel. */
  semantic(): Uint8Array {
    return this.#instances.map((id) => this.#kinds[id] as number);
  }

  /** COCO's ids R + 256 G + 65536 B, of which R is the thing and G its kind: three bytes a pixel. */
  panoptic(): Uint8Array {
    const colours = new Uint8Array(3 * this.#instances.length);
    this.#instances.forEach((id, at) => {
      colours[3 * at] = id;
      colours[3 * at + 1] = this.#kinds[id] as number;
    });
    return colours;
  }

  /** What is left of every thing, by its id; of one that others cover wholly, an empty mask. */
  runs(ids: readonly number[]): Map<number, MaskRle> {
    const { width, height } = this.#size;
    const runs = new Map(ids.map((id) => [id, { counts: [] as number[], end: 0 }]));
    let start = 0;
    let current = 0;
    const close = (end: number): void => {
      const run = runs.get(current);
      if (!run || end === start) return;
      run.counts.push(start - run.end, end - start);
      run.end = end;
    };
    for (let x = 0, place = 0; x < width; x++) {
      for (let y = 0, at = x; y < height; y++, at += width, place++) {
        const id = this.#instances[at] as number;
        if (id === current) continue;
        close(place);
        [start, current] = [place, id];
      }
    }
    const total = width * height;
    close(total);
    return new Map(
      [...runs].map(([id, { counts, end }]) => [
        id,
        { size: [height, width], counts: end < total ? [...counts, total - end] : counts },
      ]),
    );
  }
}
