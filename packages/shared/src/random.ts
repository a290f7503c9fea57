/**
 * Counter-based random numbers (Philox4x32-10: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 *
 * Every value is a pure function of its address (seed, image, step, position), so an image does not depend on the batch
 * it is made in, and any step can be drawn again without the ones before it.
 */

/** Four unsigned 32-bit words. */
export type Words4 = readonly [number, number, number, number];
/** Two unsigned 32-bit words. */
export type Words2 = readonly [number, number];

const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9; // golden ratio
const weyl1 = 0xbb67ae85; // sqrt(3) - 1
const rounds = 10;
const word = 2 ** 32;

/** High 32 bits of the 64-bit product of two unsigned words. */
function highWord(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}

/** The four words of one counter value under one key. */
export function philox(counter: Words4, key: Words2): Words4 {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < rounds; round++) {
    const high0 = highWord(multiplier0, c0);
    const low0 = Math.imul(multiplier0, c0) >>> 0;
    const high1 = highWord(multiplier1, c2);
    const low1 = Math.imul(multiplier1, c2) >>> 0;
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + weyl0) >>> 0;
    k1 = (k1 + weyl1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The address of a run of draws. */
export interface Draw {
  /** 0..2^53-1. */
  readonly seed: number;
  /** Index of the image among those that share the seed, 0..2^32-1. */
  readonly image: number;
  /** Index of the sampling step, or any other stream number, 0..2^32-1; `initialDraw` for the starting noise. */
  readonly step: number;
  /** How many values. */
  readonly count: number;
}

/** The `step` under which the starting noise of an image is drawn. */
export const initialDraw: number = word - 1;

/** Keeps normals and uniforms of one address independent. */
const streams = { normals: 0, uniforms: 1 } as const;

function checkDraw({ seed, image, step, count }: Draw): void {
  const limits = {
    seed: [seed, 2 ** 53],
    image: [image, word],
    step: [step, word],
    count: [count, word],
  } as const;
  for (const [field, [value, limit]] of Object.entries(limits)) {
    if (!Number.isInteger(value) || value < 0 || value >= limit)
      throw new TypeError(`${field}: expected a whole number in 0..${limit - 1}, got ${value}`);
  }
}

/** Calls `take` with each block of four words of a draw. */
function drawBlocks(draw: Draw, stream: number, take: (words: Words4, at: number) => void): void {
  checkDraw(draw);
  const key: Words2 = [draw.seed >>> 0, Math.floor(draw.seed / word)];
  for (let at = 0; at < draw.count; at += 4) take(philox([at / 4, draw.step, draw.image, stream], key), at);
}

/**
 * Standard normal values, float32; the same address gives the same values, and a longer run begins with the shorter one.
 * Box-Muller on pairs of 32-bit uniforms, so |z| <= 6.8.
 *
 * @throws TypeError naming the field that is out of range.
 */
export function normals(draw: Draw): Float32Array {
  const values = new Float32Array(draw.count);
  drawBlocks(draw, streams.normals, (words, at) => {
    for (let pair = 0; pair < 4; pair += 2) {
      const radius = Math.sqrt(-2 * Math.log(((words[pair] as number) + 0.5) / word));
      const angle = (2 * Math.PI * ((words[pair + 1] as number) + 0.5)) / word;
      values[at + pair] = radius * Math.cos(angle); // Writes past the end of a typed array are dropped.
      values[at + pair + 1] = radius * Math.sin(angle);
    }
  });
  return values;
}

/**
 * Uniform values in [0, 1), double precision in steps of 2^-32; addressed as `normals` and independent of them.
 *
 * @throws TypeError naming the field that is out of range.
 */
export function uniforms(draw: Draw): Float64Array {
  const values = new Float64Array(draw.count);
  drawBlocks(draw, streams.uniforms, (words, at) => {
    for (let lane = 0; lane < 4; lane++) values[at + lane] = (words[lane] as number) / word;
  });
  return values;
}
