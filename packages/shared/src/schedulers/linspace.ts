/** Sequences and rounding that agree with numpy and torch to the last bit; timesteps and sigma tables depend on it. */

/** Nearest integer, ties to the even one, as numpy rounds; JavaScript's Math.round takes ties upwards. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** `count` values from `start` to `stop`, both included, in double precision. */
export function linspace(start: number, stop: number, count: number): number[] {
  if (count === 1) return [start];
  const step = (stop - start) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? stop : start + i * step));
}

/** start, start+step, … : `count` values as numpy's arange fills them. */
export function progression(start: number, step: number, count: number): number[] {
  const delta = start + step - start;
  return Array.from({ length: count }, (_, i) => start + i * delta);
}

const lanes = 8;

/**
 * torch.linspace in float32 as its AVX2 kernel evaluates it: blocks of eight lanes, each base + step·lane with one
 * fused rounding, counted from the start in the first half and from the end in the second.
 *
 * One unit in the last place here moves the smallest sigma by 4e-5, so the published tables need exactly this.
 */
export function torchLinspace(start: number, stop: number, count: number): Float32Array {
  const first = Math.fround(start);
  const last = Math.fround(stop);
  const step = Math.fround(Math.fround(last - first) / (count - 1));
  const anchor = (i: number) =>
    Math.fround(i < Math.floor(count / 2) ? first + step * i : last - step * (count - 1 - i));
  const whole = count - (count % lanes);
  return Float32Array.from({ length: count }, (_, i) => {
    const lane = i < whole ? i % lanes : 0;
    return anchor(i - lane) + step * lane;
  });
}
