/**
 * Fills a hole in a photo with what lies around it: from coarse to fine, every patch that reaches into the hole asks for the colours
 * of the patch that it most resembles (Wexler et al. 2007, "Space-Time Completion of Video"; search by PatchMatch).
 */
import {
  emptyMatches,
  type HoledPicture,
  improveMatches,
  type Matches,
  measureMatches,
  reach,
} from './patch-match.ts';
import { assertRaster, type Raster } from './raster.ts';

/** Longer side of the part at which matches are looked for, in pixels. */
const workingSide = 256;
/** How much around the hole is looked at, as a part of its longer side. */
const context = 0.75;
/** Rounds of matching and filling at each size, and passes of the search in a round. */
const [rounds, passes] = [8, 3];
/** How much what was matched counts; the rest is the smooth surface over the hole, since what can't be known is better pale than wrong. */
const certainty = 0.75;
/** Steps towards the smooth surface at each size, from that of half the size. */
const smoothSteps = 30;
/** Smallest side of a pyramid's picture. */
const leastSide = 4 * reach;

/**
 * @param hole 1 where the photo is to be filled, a byte a pixel
 * @param random uniform numbers in [0, 1): the same ones fill alike
 * @returns the photo, other than before only inside the hole; alpha stays
 */
export function fillHole(photo: Raster, hole: Uint8Array, random: () => number): Raster {
  assertRaster(photo, 'photo');
  if (hole.length !== photo.width * photo.height)
    throw new TypeError(
      `fillHole: expected a byte for each of ${photo.width}×${photo.height} pixels, got ${hole.length}`,
    );
  const window = windowOf(hole, photo);
  if (!window) return photo;
  const whole = cutWindow(photo, hole, window);
  const factor = Math.max(1, Math.ceil(Math.max(whole.width, whole.height) / workingSide));
  const working = factor === 1 ? whole : shrunk(whole, factor);
  const { picture: matched, matches, smooth } = fillPyramid(working, random);
  const colour = matched.colour.map(
    (value, i) => certainty * value + (1 - certainty) * (smooth[i] as number),
  );
  const picture = { ...matched, colour };
  const filled = factor === 1 ? colour : detailed(whole, { picture, matches }, factor);
  return pasted(photo, whole, filled, window);
}

interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function windowOf(hole: Uint8Array, { width, height }: Raster): Window | undefined {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let at = hole.indexOf(1); at >= 0; at = hole.indexOf(1, at + 1)) {
    const [x, y] = [at % width, Math.floor(at / width)];
    [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + 1), Math.max(y1, y + 1)];
  }
  if (x1 === 0) return undefined;
  const margin = Math.ceil(context * Math.max(x1 - x0, y1 - y0)) + 2 * reach;
  const [left, top] = [Math.max(0, x0 - margin), Math.max(0, y0 - margin)];
  return {
    left,
    top,
    width: Math.min(width, x1 + margin) - left,
    height: Math.min(height, y1 + margin) - top,
  };
}

function cutWindow(
  { channels, data, width: across }: Raster,
  hole: Uint8Array,
  window: Window,
): HoledPicture {
  const { left, top, width, height } = window;
  const colour = new Float32Array(3 * width * height);
  const part = new Uint8Array(width * height);
  for (let at = 0; at < part.length; at++) {
    const from = (top + Math.floor(at / width)) * across + left + (at % width);
    part[at] = hole[from] === 1 ? 1 : 0;
    for (let c = 0; c < 3; c++) colour[3 * at + c] = data[from * channels + c] as number;
  }
  return { width, height, colour, hole: part };
}

/** Means over blocks of what is known; a block is a hole where at least half of it is. */
function shrunk({ width, height, colour, hole }: HoledPicture, factor: number): HoledPicture {
  const small = { width: Math.ceil(width / factor), height: Math.ceil(height / factor) };
  const sums = new Float32Array(3 * small.width * small.height);
  const [known, all] = [new Float32Array(sums.length / 3), new Float32Array(sums.length / 3)];
  for (let at = 0; at < hole.length; at++) {
    const to = Math.floor(Math.floor(at / width) / factor) * small.width + Math.floor((at % width) / factor);
    all[to] = (all[to] as number) + 1;
    if (hole[at] === 1) continue;
    known[to] = (known[to] as number) + 1;
    for (let c = 0; c < 3; c++)
      sums[3 * to + c] = (sums[3 * to + c] as number) + (colour[3 * at + c] as number);
  }
  return {
    ...small,
    colour: sums.map((sum, i) => sum / Math.max(1, known[Math.floor(i / 3)] as number)),
    hole: Uint8Array.from(known, (count, i) => Number(2 * count <= (all[i] as number))),
  };
}

interface Filled {
  readonly picture: HoledPicture;
  /** Absent: there was nothing to match with. */
  readonly matches: Matches | undefined;
}

interface FilledTwice extends Filled {
  /** Colours with the hole as a smooth surface. */
  readonly smooth: Float32Array;
}

/** Fills a picture after the same picture at half its size. */
function fillPyramid(picture: HoledPicture, random: () => number): FilledTwice {
  const isSmall = Math.min(picture.width, picture.height) < 2 * leastSide;
  const coarse = isSmall ? undefined : fillPyramid(shrunk(picture, 2), random);
  const smooth = relaxed(
    picture,
    coarse ? enlarged(picture, { ...coarse.picture, colour: coarse.smooth }) : levelled(picture),
    coarse ? smoothSteps : leastSide ** 2,
  );
  const begun = { ...picture, colour: coarse ? enlarged(picture, coarse.picture) : smooth.slice() };
  const matches = emptyMatches(begun);
  if (!matches) return { picture: begun, matches, smooth };
  if (coarse?.matches) inherit(matches, begun, { ...coarse.picture, matches: coarse.matches });
  for (let round = 0; round < rounds; round++) {
    measureMatches(begun, matches, random);
    for (let pass = 0; pass < passes; pass++) improveMatches(begun, matches, pass % 2 === 0, random);
    vote(begun, matches);
  }
  return { picture: begun, matches, smooth };
}

/** What is known, and the coarser picture's colours in the hole. */
function enlarged({ width, height, colour, hole }: HoledPicture, coarse: HoledPicture): Float32Array {
  const filled = colour.slice();
  for (let at = 0; at < width * height; at++) {
    if (hole[at] === 0) continue;
    for (let c = 0; c < 3; c++)
      filled[3 * at + c] = sampled(coarse, (at % width) / 2 - 0.25, Math.floor(at / width) / 2 - 0.25, c);
  }
  return filled;
}

/** Bilinear, in pixels of the picture. */
function sampled({ width, height, colour }: HoledPicture, x: number, y: number, channel: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  let sum = 0;
  for (const [row, byRow] of [
    [top, 1 - (y - top)],
    [top + 1, y - top],
  ] as const) {
    for (const [column, byColumn] of [
      [left, 1 - (x - left)],
      [left + 1, x - left],
    ] as const) {
      const at = Math.min(height - 1, Math.max(0, row)) * width + Math.min(width - 1, Math.max(0, column));
      sum += byRow * byColumn * (colour[3 * at + channel] as number);
    }
  }
  return sum;
}

/** The hole in the mean of all that is known. */
function levelled({ colour, hole }: HoledPicture): Float32Array {
  const filled = colour.slice();
  const known = Math.max(1, hole.length - hole.reduce((sum, one) => sum + one, 0));
  for (let c = 0; c < 3; c++) {
    let sum = 0;
    for (let at = 0; at < hole.length; at++) if (hole[at] === 0) sum += colour[3 * at + c] as number;
    for (let at = 0; at < hole.length; at++) if (hole[at] === 1) filled[3 * at + c] = sum / known;
  }
  return filled;
}

/** Steps towards a membrane over the hole: each pixel becomes the mean of its neighbours. */
function relaxed({ width, height, hole }: HoledPicture, colour: Float32Array, steps: number): Float32Array {
  const inside = [...hole.keys()].filter((at) => hole[at] === 1);
  const neighbours = inside.map((at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const around = [
      x > 0 && at - 1,
      x < width - 1 && at + 1,
      y > 0 && at - width,
      y < height - 1 && at + width,
    ];
    return around.filter((one) => one !== false);
  });
  for (let step = 0; step < steps; step++) {
    for (const [i, at] of inside.entries()) {
      const around = neighbours[i] as number[];
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (const one of around) sum += colour[3 * one + c] as number;
        colour[3 * at + c] = sum / around.length;
      }
    }
  }
  return colour;
}

/** Takes over the matches of the picture at half the size, where they are matches here too. */
function inherit(
  { targets, sources, candidates }: Matches,
  { width, height }: HoledPicture,
  coarse: HoledPicture & { readonly matches: Matches },
): void {
  const isCandidate = new Uint8Array(width * height);
  for (const at of candidates) isCandidate[at] = 1;
  for (const target of targets) {
    const [x, y] = [target % width, Math.floor(target / width)];
    const above = Math.floor(y / 2) * coarse.width + Math.floor(x / 2);
    const source = coarse.matches.sources[above] ?? -1;
    if (source < 0) continue;
    const at =
      (2 * Math.floor(source / coarse.width) + (y % 2)) * width + 2 * (source % coarse.width) + (x % 2);
    if (isCandidate[at] === 1) sources[target] = at;
  }
}

/** Each pixel of the hole becomes the mean of what the patches over it ask for; patches that match better count more. */
function vote({ width, colour, hole }: HoledPicture, { targets, sources, distances }: Matches): void {
  const sorted = Float32Array.from(targets, (target) => distances[target] as number).sort();
  const usual = Math.max(1, sorted[Math.floor(0.75 * sorted.length)] as number);
  const sums = new Float32Array(colour.length);
  const weights = new Float32Array(hole.length);
  for (const target of targets) {
    const source = sources[target] as number;
    const weight = Math.exp(-(distances[target] as number) / (2 * usual)) + 1e-6;
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const to = target + dy * width + dx;
        if (hole[to] === 0) continue;
        const from = source + dy * width + dx;
        weights[to] = (weights[to] as number) + weight;
        for (let c = 0; c < 3; c++)
          sums[3 * to + c] = (sums[3 * to + c] as number) + weight * (colour[3 * from + c] as number);
      }
    }
  }
  for (let at = 0; at < hole.length; at++) {
    const weight = weights[at] as number;
    if (weight === 0) continue;
    for (let c = 0; c < 3; c++) colour[3 * at + c] = (sums[3 * at + c] as number) / weight;
  }
}

/** The fill at full size: its smooth part enlarged, and the fine detail of the places that it was matched with. */
function detailed(whole: HoledPicture, { picture, matches }: Filled, factor: number): Float32Array {
  const { width, height, colour, hole } = whole;
  const filled = colour.slice();
  const smooth = (x: number, y: number, c: number): number =>
    sampled(picture, (x + 0.5) / factor - 0.5, (y + 0.5) / factor - 0.5, c);
  for (let at = 0; at < hole.length; at++) {
    if (hole[at] === 0) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    const [column, row] = [Math.floor(x / factor), Math.floor(y / factor)];
    const source = matches?.sources[row * picture.width + column] ?? -1;
    const fromX = x + factor * ((source % picture.width) - column);
    const fromY = y + factor * (Math.floor(source / picture.width) - row);
    const isKnown = source >= 0 && fromX < width && fromY < height && hole[fromY * width + fromX] === 0;
    for (let c = 0; c < 3; c++) {
      const detail = isKnown
        ? (colour[3 * (fromY * width + fromX) + c] as number) - smooth(fromX, fromY, c)
        : 0;
      filled[3 * at + c] = smooth(x, y, c) + detail;
    }
  }
  return filled;
}

function pasted(photo: Raster, { hole }: HoledPicture, filled: Float32Array, window: Window): Raster {
  const { left, top, width } = window;
  const data = new Uint8ClampedArray(photo.data);
  for (let at = 0; at < hole.length; at++) {
    if (hole[at] === 0) continue;
    const to = ((top + Math.floor(at / width)) * photo.width + left + (at % width)) * photo.channels;
    for (let c = 0; c < 3; c++) data[to + c] = filled[3 * at + c] as number;
  }
  return { ...photo, data: new Uint8Array(data.buffer) };
}
