// The step network as decoding sees it: whole texts in, logits of the next token out; what it remembers stays in here.
import type { HostArray } from '../../runtime/session.ts';
import type { NextLogits, TokenIds } from '../../vision/text-decoding.ts';
import type { BlipTextConfig } from './config.ts';
import type { StepShape } from './decoder-step.ts';

/** One run of a compiled {@link blipStep}. */
export type RunStep = (
  feeds: Readonly<Record<string, HostArray>>,
) => Promise<Readonly<Record<string, HostArray>>>;

/** What the texts are about and how they are stepped. */
export interface CaptionStep {
  readonly run: RunStep;
  /** Sizes that the step was compiled for. */
  readonly shape: StepShape;
  readonly config: BlipTextConfig;
  /** Outputs of {@link blipPicture} for one picture. */
  readonly picture: Readonly<Record<string, HostArray>>;
}

interface Remembered {
  readonly texts: readonly TokenIds[];
  readonly memories: Readonly<Record<string, HostArray>>;
}

/**
 * Next tokens of texts about one picture. A call whose texts continue those of the last one, in any order, costs one step;
 * any other is stepped through from its first token.
 */
export function captionLogits({ run, shape, config, picture }: CaptionStep): NextLogits {
  const { rows, length } = shape;
  let last: Remembered = { texts: [], memories: emptyMemories(shape, config) };

  const step = async (texts: readonly TokenIds[]): Promise<Float32Array> => {
    const place = (texts[0]?.length ?? 0) - 1;
    let parents = parentsOf(texts, last.texts);
    if (place > 0 && parents.includes(-1)) {
      await step(texts.map((text) => text.slice(0, -1)));
      parents = parentsOf(texts, last.texts);
    }
    const memories = place === 0 ? last.memories : chooseRows(last.memories, parents, rows);
    const ids = BigInt64Array.from(texts, (text) => BigInt(text[place] as number));
    const { logits, ...after } = await run({
      ...picture,
      ...memories,
      ids,
      place: BigInt64Array.of(BigInt(place)),
    });
    last = { texts, memories: asInputs(after) };
    return logits as Float32Array;
  };

  return async (texts) => {
    const [first] = texts;
    const isEven = first && texts.every((text) => text.length === first.length);
    if (!isEven || texts.length > rows || first.length < 1 || first.length > length) {
      const came = texts.map((text) => text.length).join(', ');
      throw new RangeError(`expected 1 to ${rows} texts of one length, 1 to ${length} ids, came [${came}]`);
    }
    const filled = Array.from({ length: rows }, (_, row) => texts[row] ?? first);
    const logits = await step(filled);
    return texts.map((_, row) => logits.slice(row * config.vocab_size, (row + 1) * config.vocab_size));
  };
}

function emptyMemories({ rows, length }: StepShape, config: BlipTextConfig): Record<string, Float32Array> {
  const size = rows * length * config.hidden_size;
  const layers = Array.from({ length: config.num_hidden_layers }, (_, layer) => `text.${layer}`);
  return Object.fromEntries(
    layers.flatMap((name) => ['keys', 'values'].map((kind) => [`${name}.${kind}`, new Float32Array(size)])),
  );
}

/** What a step put out, under the names by which the following one reads it. */
function asInputs(outputs: Readonly<Record<string, HostArray>>): Record<string, HostArray> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, memory]) => [name.replace(/^next\./, 'text.'), memory]),
  );
}

/** Of each text, which of the known ones it continues by a token; -1 for none. */
function parentsOf(texts: readonly TokenIds[], known: readonly TokenIds[]): number[] {
  return texts.map((text) =>
    known.findIndex((parent) => parent.length === text.length - 1 && parent.every((id, i) => id === text[i])),
  );
}

function chooseRows(
  memories: Readonly<Record<string, HostArray>>,
  parents: readonly number[],
  rows: number,
): Readonly<Record<string, HostArray>> {
  if (parents.every((parent, row) => parent === row)) return memories;
  const chosen = Object.entries(memories).map(([name, memory]) => {
    const [from, size] = [memory as Float32Array, memory.length / rows];
    const to = new Float32Array(from.length);
    parents.forEach((parent, row) => {
      to.set(from.subarray(parent * size, (parent + 1) * size), row * size);
    });
    return [name, to];
  });
  return Object.fromEntries(chosen);
}
