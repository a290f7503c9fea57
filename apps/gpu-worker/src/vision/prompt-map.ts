/**
 * Prompts drawn as a picture. A small grid of tokens knows places only coarsely, so a Segment Anything that sees by a
 * CenterNet is told them in its mask prompt too, at the mask's resolution: a box as a weak mask, clicks as strong marks.
 */

/** Pixels of the network's square for one of the plane. */
const stride = 4;
/** Logits of an earlier answer count no more than this. */
export const maskLimit = 8;
/** Within a box, where nothing else is known. */
const insideBox = 2;
/** A click, over whatever was known. */
export const markLogit = 16;

type Pair = readonly [x: number, y: number];

/** What an earlier answer, or else a box in pixels of the square, says about each pixel of the plane; else zeros. */
export function drawPrior(
  plane: Float32Array,
  side: number,
  {
    mask,
    box,
  }: { readonly mask?: Float32Array | undefined; readonly box?: readonly [Pair, Pair] | undefined },
): void {
  if (mask) {
    for (let i = 0; i < plane.length; i++)
      plane[i] = Math.min(maskLimit, Math.max(-maskLimit, mask[i] as number));
    return;
  }
  if (!box) return;
  const [[x0, y0], [x1, y1]] = box;
  for (let i = 0; i < plane.length; i++) {
    const [x, y] = [((i % side) + 0.5) * stride, (Math.floor(i / side) + 0.5) * stride];
    plane[i] = x >= x0 && x < x1 && y >= y0 && y < y1 ? insideBox : -maskLimit;
  }
}

/** Adds a mark of 3 × 3 pixels around a click, which lies in pixels of the square. */
export function addMark(plane: Float32Array, side: number, [x, y]: Pair, isInside: boolean): void {
  const [column, row] = [x, y].map((value) => Math.floor(value / stride)) as [number, number];
  for (let v = Math.max(0, row - 1); v <= Math.min(side - 1, row + 1); v++) {
    for (let u = Math.max(0, column - 1); u <= Math.min(side - 1, column + 1); u++) {
      const at = v * side + u;
      plane[at] = (plane[at] as number) + (isInside ? markLogit : -markLogit);
    }
  }
}
