/** For patches that reach into a hole, the patches outside of it that look most alike (PatchMatch, Barnes et al. 2009). */

/** A picture with a hole: interleaved RGB, and 1 where nothing is known. */
export interface HoledPicture {
  readonly width: number;
  readonly height: number;
  /** Values that stand in the hole are guesses. */
  readonly colour: Float32Array;
  readonly hole: Uint8Array;
}

/** Patches are squares of `2 · reach + 1` pixels. */
export const reach = 3;

/** The match of each patch that reaches into the hole. */
export interface Matches {
  /** Middles of the patches, as indices of pixels. */
  readonly targets: Int32Array;
  /** By pixel: the middle of the patch that a patch there is matched with; -1 where none is looked for. */
  readonly sources: Int32Array;
  /** By pixel: mean squared difference of the two, over their colours. */
  readonly distances: Float32Array;
  /** Middles of all patches that lie outside of the hole. */
  readonly candidates: Int32Array;
}

/** Patches to match and those to choose from; undefined where the hole leaves no patch outside of it. */
export function emptyMatches({ width, height, hole }: HoledPicture): Matches | undefined {
  const blocked = grown(hole, width, height);
  const [targets, candidates]: [number[], number[]] = [[], []];
  for (let y = reach; y < height - reach; y++) {
    for (let x = reach; x < width - reach; x++) {
      const at = y * width + x;
      (blocked[at] === 1 ? targets : candidates).push(at);
    }
  }
  if (candidates.length === 0 || targets.length === 0) return undefined;
  return {
    targets: Int32Array.from(targets),
    candidates: Int32Array.from(candidates),
    sources: new Int32Array(width * height).fill(-1),
    distances: new Float32Array(width * height).fill(Number.POSITIVE_INFINITY),
  };
}

/** 1 within `reach` of the hole, in both directions. */
function grown(hole: Uint8Array, width: number, height: number): Uint8Array {
  const across = new Uint8Array(hole.length);
  const both = new Uint8Array(hole.length);
  for (let at = 0; at < hole.length; at++) {
    if (hole[at] === 0) continue;
    const x = at % width;
    across.fill(1, at - Math.min(x, reach), at + Math.min(width - 1 - x, reach) + 1);
  }
  for (let at = 0; at < hole.length; at++) {
    if (across[at] === 0) continue;
    const y = Math.floor(at / width);
    const [first, last] = [Math.max(0, y - reach), Math.min(height - 1, y + reach)];
    for (let row = first; row <= last; row++) both[row * width + (at % width)] = 1;
  }
  return both;
}

/** Gives every patch without a match one by chance, and measures all anew: the colours may have changed. */
export function measureMatches(picture: HoledPicture, matches: Matches, random: () => number): void {
  const { targets, sources, distances, candidates } = matches;
  for (const target of targets) {
    if ((sources[target] as number) < 0)
      sources[target] = candidates[Math.floor(random() * candidates.length)] as number;
    distances[target] = patchDistance(picture, target, sources[target] as number, Number.POSITIVE_INFINITY);
  }
}

/** One pass over all patches: each takes what suits its neighbours, and tries places by chance around its own match. */
export function improveMatches(
  picture: HoledPicture,
  matches: Matches,
  isForward: boolean,
  random: () => number,
): void {
  const { targets, sources } = matches;
  const { width, height } = picture;
  const isCandidate = new Uint8Array(width * height);
  for (const at of matches.candidates) isCandidate[at] = 1;
  const step = isForward ? -1 : 1;
  for (let i = 0; i < targets.length; i++) {
    const target = targets[isForward ? i : targets.length - 1 - i] as number;
    for (const neighbour of [step, step * width]) {
      const known = sources[target + neighbour] ?? -1;
      if (known >= 0) tryMatch(picture, matches, { target, source: known - neighbour, isCandidate });
    }
    for (let radius = Math.max(width, height); radius >= 1; radius /= 2) {
      const source = sources[target] as number;
      const x = Math.round((source % width) + (2 * random() - 1) * radius);
      const y = Math.round(Math.floor(source / width) + (2 * random() - 1) * radius);
      if (x >= 0 && y >= 0 && x < width && y < height)
        tryMatch(picture, matches, { target, source: y * width + x, isCandidate });
    }
  }
}

interface Trial {
  readonly target: number;
  readonly source: number;
  readonly isCandidate: Uint8Array;
}

function tryMatch(picture: HoledPicture, matches: Matches, { target, source, isCandidate }: Trial): void {
  if (isCandidate[source] !== 1 || source === matches.sources[target]) return;
  const limit = matches.distances[target] as number;
  const distance = patchDistance(picture, target, source, limit);
  if (distance >= limit) return;
  matches.sources[target] = source;
  matches.distances[target] = distance;
}

const perPatch = 3 * (2 * reach + 1) ** 2;

/** Mean squared difference of two patches; once it is sure to be above `limit`, any number above it. */
function patchDistance({ colour, width }: HoledPicture, a: number, b: number, limit: number): number {
  const most = limit * perPatch;
  let sum = 0;
  for (let dy = -reach; dy <= reach && sum < most; dy++) {
    let [atA, atB] = [3 * (a + dy * width - reach), 3 * (b + dy * width - reach)];
    for (let i = 0; i < 3 * (2 * reach + 1); i++) {
      const difference = (colour[atA++] as number) - (colour[atB++] as number);
      sum += difference * difference;
    }
  }
  return sum / perPatch;
}
