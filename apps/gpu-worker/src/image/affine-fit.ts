/**
 * Ridge least squares for affine colour maps. The equations of one fit are 22 numbers: the upper triangle of
 * Σ w φφᵀ (10 numbers, row by row, φ = [r, g, b, 1]), then Σ w φyᵀ (4 × 3).
 * A map is 12 numbers: for each output channel [from r, from g, from b, offset].
 */
export const equationSize = 22;
/** Numbers of a map. */
export const mapSize = 12;

/** The map that changes nothing. */
export const identityMap: Float64Array = new Float64Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);

/** How strongly a fit is pulled to its prior, in units of observed pixels: larger = nearer to the prior. */
export interface Ridge {
  readonly slope: number;
  readonly offset: number;
}

/** Writes the 22 products of one observation: the colour at `source[at…]` should become the one at `target[at…]`. */
export function writeMoments(
  moments: Float64Array,
  source: Float32Array,
  target: Float32Array,
  at: number,
): void {
  const r = source[at] as number;
  const g = source[at + 1] as number;
  const b = source[at + 2] as number;
  moments[0] = r * r;
  moments[1] = r * g;
  moments[2] = r * b;
  moments[3] = r;
  moments[4] = g * g;
  moments[5] = g * b;
  moments[6] = g;
  moments[7] = b * b;
  moments[8] = b;
  moments[9] = 1;
  for (let c = 0; c < 3; c++) {
    const y = target[at + c] as number;
    moments[10 + c] = r * y;
    moments[13 + c] = g * y;
    moments[16 + c] = b * y;
    moments[19 + c] = y;
  }
}

const factor = new Float64Array(16);
const solution = new Float64Array(4);

/**
 * Solves (A + Λ) m = B + Λ prior for the equations that begin at `base`, by Cholesky; Λ holds the ridge.
 * Writes the map to `maps[to…]`; the prior is read from `prior[from…]`.
 */
export function solveRidge(
  equations: { readonly values: Float64Array; readonly base: number },
  prior: { readonly maps: Float64Array; readonly from: number },
  ridge: Ridge,
  out: { readonly maps: Float64Array; readonly to: number },
): void {
  const { values, base } = equations;
  factorize(values, base, ridge);
  for (let c = 0; c < 3; c++) {
    for (let row = 0; row < 4; row++) {
      const pull = row < 3 ? ridge.slope : ridge.offset;
      const wanted = prior.maps[prior.from + c * 4 + row] as number;
      solution[row] = (values[base + 10 + row * 3 + c] as number) + pull * wanted;
    }
    substitute();
    out.maps.set(solution, out.to + c * 4);
  }
}

/** Lower Cholesky factor of A + Λ. */
function factorize(values: Float64Array, base: number, ridge: Ridge): void {
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = values[base + triangleIndex(column, row)] as number;
      if (row === column) sum += row < 3 ? ridge.slope : ridge.offset;
      for (let k = 0; k < column; k++) {
        sum -= (factor[row * 4 + k] as number) * (factor[column * 4 + k] as number);
      }
      factor[row * 4 + column] =
        row === column ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (factor[column * 5] as number);
    }
  }
}

/** Place of element (row, column), row <= column, in a 4 × 4 upper triangle stored row by row. */
function triangleIndex(row: number, column: number): number {
  return row * 4 - (row * (row + 1)) / 2 + column;
}

/** Forward and backward substitution with the factor, in place in `solution`. */
function substitute(): void {
  for (let row = 0; row < 4; row++) {
    let sum = solution[row] as number;
    for (let k = 0; k < row; k++) sum -= (factor[row * 4 + k] as number) * (solution[k] as number);
    solution[row] = sum / (factor[row * 5] as number);
  }
  for (let row = 3; row >= 0; row--) {
    let sum = solution[row] as number;
    for (let k = row + 1; k < 4; k++) sum -= (factor[k * 4 + row] as number) * (solution[k] as number);
    solution[row] = sum / (factor[row * 5] as number);
  }
}
