/** Batches: pictures as the detector saw them, some changed so that few photos teach more, and their captions as tokens. */
import type { WordPieces } from '@darkroom/gpu-worker/models/blip/word-pieces';
import type { HostArray } from '@darkroom/gpu-worker/runtime/session';
import { between, type Dice, dice } from '../../dice.ts';
import { captionOf } from './facts-caption.ts';
import { type Group, placeBefore, sceneCaption } from './grammar.ts';
import { type CaptionBatchShape, type CaptionNetwork, cellWidths } from './network.ts';
import { type Noun, nouns } from './nouns.ts';
import { type CellNumbers, unpackCells } from './packed-cells.ts';
import type { PhotoCaptions } from './photo-captions.ts';
import type { SeenPicture } from './shards.ts';
import { paddingId } from './vocabulary.ts';

/** What batches are drawn from. */
export interface CaptionSource {
  readonly seen: readonly SeenPicture[];
  readonly captions: PhotoCaptions;
  readonly words: WordPieces;
  readonly network: CaptionNetwork;
  readonly shape: CaptionBatchShape;
}

/** Of what kind a row is: a photo as it is, a photo with things that only the detector's peaks tell, a composition. */
const kindShares = { photo: 0.42, pointed: 0.48, composed: 0.1 } as const;
/** Share of rows in which some cells are blanked, and of rows in which some features are. */
const blankedShare = 0.6;
/** Highest peak that a picture may have of something that nobody names. */
const mostIdlePeak = 0.25;

/** The feeds of step `step`. */
export function captionBatch(source: CaptionSource, seed: number, step: number): Record<string, HostArray> {
  const { batch, length, cells } = source.shape;
  const widths = cellWidths(source.network.vision_config);
  const numbers: CellNumbers = {
    features: new Float32Array(batch * cells * widths.features),
    peaks: new Float32Array(batch * cells * widths.peaks),
    colours: new Float32Array(batch * cells * widths.colours),
  };
  const ids = new BigInt64Array(batch * length).fill(BigInt(paddingId));
  const weights = new Float32Array(batch * (length - 1));
  for (let row = 0; row < batch; row++) {
    const caption = fillRow(source, numbers, row, dice(seed, step * batch + row));
    const tokens = tokensOf(caption, source);
    ids.set(tokens.map(BigInt), row * length);
    weights.fill(1, row * (length - 1), row * (length - 1) + tokens.length - 1);
  }
  return { ...numbers, ids, weights };
}

/** @throws RangeError for a caption that a row has no room for */
function tokensOf(caption: string, { words, network, shape }: CaptionSource): number[] {
  const { bos_token_id: begin, sep_token_id: end } = network.text_config;
  const tokens = [begin, ...words.encode(caption), end];
  if (tokens.length <= shape.length) return tokens;
  throw new RangeError(`"${caption}": expected at most ${shape.length} tokens, came ${tokens.length}`);
}

/** Draws a picture into a row. @returns its caption */
function fillRow(source: CaptionSource, numbers: CellNumbers, row: number, random: Dice): string {
  const { captions, shape } = source;
  const kind = random();
  const isComposed = kind >= kindShares.photo + kindShares.pointed;
  const drawn = drawSeen(source, isComposed, random);
  unpackCells(drawn.cells, numbers, row, shape.batch);
  const isPointed = kind >= kindShares.photo && !isComposed;
  const caption = isPointed
    ? pointAtThings(source, numbers, { row, photo: drawn.facts.photo }, random)
    : captionOf(drawn.facts, captions);
  addIdlePeaks(source, numbers, row, random);
  if (random() < blankedShare) blankCells(source, numbers, row, random);
  if (random() < blankedShare) blankFeatures(source, numbers, row, random);
  return caption;
}

/** A picture of the asked kind; of any kind where none of many draws was of it. */
function drawSeen({ seen }: CaptionSource, isComposed: boolean, random: Dice): SeenPicture {
  let drawn = seen[0] as SeenPicture;
  for (let trial = 0; trial < 50; trial++) {
    drawn = seen[Math.floor(random() * seen.length)] as SeenPicture;
    if (drawn.facts.things.length > 0 === isComposed) break;
  }
  return drawn;
}

/** Lays a few weak peaks over a picture that its caption does not mention. */
function addIdlePeaks({ shape }: CaptionSource, { peaks }: CellNumbers, row: number, random: Dice): void {
  const size = peaks.length / shape.batch;
  for (let count = Math.floor(random() * 4); count > 0; count--) {
    const at = row * size + Math.floor(random() * size);
    peaks[at] = Math.max(peaks[at] as number, mostIdlePeak * random());
  }
}

/** Nouns that the detector has a class for. */
const pointable: readonly Noun[] = nouns.filter(({ label }) => label !== undefined);
const mostCount = 5;

/** Lays peaks of one or two of the detector's classes over a photo, each with cells of another picture under it. */
function pointAtThings(
  source: CaptionSource,
  numbers: CellNumbers,
  { row, photo }: { readonly row: number; readonly photo: string },
  random: Dice,
): string {
  const { shape, network, captions } = source;
  const { labels } = network.vision_config.detector_config;
  const peaks = numbers.peaks.subarray(
    row * shape.cells * labels.length,
    (row + 1) * shape.cells * labels.length,
  );
  for (let i = 0; i < peaks.length; i++) peaks[i] = Math.min(peaks[i] as number, mostIdlePeak);
  const groups: Group[] = [];
  for (let kinds = random() < 0.6 ? 1 : 2; kinds > 0; kinds--) {
    const noun = pointable[Math.floor(random() * pointable.length)] as Noun;
    if (groups.some((group) => group.noun === noun)) continue;
    const count = random() < 0.6 ? 1 : 1 + Math.floor(random() * mostCount);
    const strength = between(random, 0.3, 0.8);
    const taken = new Set<number>();
    while (taken.size < count) taken.add(Math.floor(random() * shape.cells));
    for (const cell of taken) {
      borrowCells(source, numbers, { row, cell }, random);
      const peak = strength * between(random, 0.75, 1.15);
      peaks[cell * labels.length + labels.indexOf(noun.label as string)] = Math.min(0.95, peak);
    }
    groups.push({ noun, count });
  }
  return sceneCaption(groups, placeBefore(captions.get(photo) as string));
}

/** Copies features and colours of a block about a cell from another picture's same cells. */
function borrowCells(
  { seen, shape, network }: CaptionSource,
  numbers: CellNumbers,
  { row, cell }: { readonly row: number; readonly cell: number },
  random: Dice,
): void {
  const side = Math.sqrt(shape.cells);
  const other = emptyRow(shape, network);
  unpackCells((seen[Math.floor(random() * seen.length)] as SeenPicture).cells, other, 0, 1);
  const [reachX, reachY] = [Math.floor(random() * 2), Math.floor(random() * 2)];
  const [column, line] = [cell % side, Math.floor(cell / side)];
  for (let y = Math.max(0, line - reachY); y <= Math.min(side - 1, line + reachY); y++) {
    for (let x = Math.max(0, column - reachX); x <= Math.min(side - 1, column + reachX); x++) {
      const at = y * side + x;
      for (const part of ['features', 'colours'] as const) {
        const width = other[part].length / shape.cells;
        const from = other[part].subarray(at * width, (at + 1) * width);
        numbers[part].set(from, (row * shape.cells + at) * width);
      }
    }
  }
}

function emptyRow({ cells }: CaptionBatchShape, { vision_config }: CaptionNetwork): CellNumbers {
  const widths = cellWidths(vision_config);
  return {
    features: new Float32Array(cells * widths.features),
    peaks: new Float32Array(cells * widths.peaks),
    colours: new Float32Array(cells * widths.colours),
  };
}

/** Puts the features of up to half of the cells to 0, so that no single one is learned by heart. */
function blankCells({ shape }: CaptionSource, { features }: CellNumbers, row: number, random: Dice): void {
  const width = features.length / (shape.batch * shape.cells);
  const share = random() / 2;
  for (let cell = 0; cell < shape.cells; cell++) {
    if (random() >= share) continue;
    const start = (row * shape.cells + cell) * width;
    features.fill(0, start, start + width);
  }
}

/** Puts up to a third of the features to 0, in all cells alike. */
function blankFeatures({ shape }: CaptionSource, { features }: CellNumbers, row: number, random: Dice): void {
  const width = features.length / (shape.batch * shape.cells);
  const share = random() / 3;
  const isKept = Array.from({ length: width }, () => random() >= share);
  const start = row * shape.cells * width;
  for (let i = 0; i < shape.cells * width; i++) if (!isKept[i % width]) features[start + i] = 0;
}
