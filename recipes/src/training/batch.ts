/** Batches for the edit model: what is dropped, how much noise, which words. A step's batch depends on the step alone. */
import type { Tokenizer } from '@darkroom/gpu-worker/models/tokenizer';
import type { HostArray } from '@darkroom/gpu-worker/runtime/session';
import { type Dice, dice, normal } from '../dice.ts';
import { colourIds, type EditRequest, editIds, objectIds, type Strength, strengths } from '../edits.ts';
import { sampleCompound } from '../grammar/compound.ts';
import { sampleInstruction } from '../grammar/instruction.ts';
import type { Language } from '../grammar/language.ts';
import type { Chunk } from './chunk.ts';
import { type BatchShape, latentChannels, type TextHead, textHeads } from './edit-model.ts';

/** Share of rows that lose both the photo and the words. */
const bothDropped = 0.06;
/** Share of rows that lose the words only: their target is the photo, so that text guidance 0 returns it. */
const wordsDropped = 0.12;
/** Chance that a word-less row's noisy latents come from the edited picture, as they do while sampling. */
const crossed = 0.6;
const chineseShare = 0.45;

const strengthIds = Object.keys(strengths) as Strength[];

export interface BatchSource {
  readonly chunks: readonly Chunk[];
  readonly tokenizer: Tokenizer;
  /** Cumulative products of 1 - beta, one per training timestep. */
  readonly alphas: Float32Array;
  readonly shape: BatchShape;
  /** Weigh rows by how little their edit changes. */
  readonly relativeLoss: boolean;
  /** Share of rows from the noisiest timesteps. */
  readonly noisyShare: number;
}

type Feeds = Record<string, HostArray>;

export function makeBatch(source: BatchSource, seed: number, step: number): Feeds {
  const { batch, height, width, length } = source.shape;
  const plane = latentChannels * height * width;
  const feeds: Feeds = {
    sample: new Float32Array(batch * 2 * plane),
    target: new Float32Array(batch * plane),
    timestep: new Float32Array(batch),
    ids: new BigInt64Array(batch * length),
    named: new Float32Array(batch),
    weight: new Float32Array(batch).fill(1),
  };
  for (const [head, classes] of Object.entries(textHeads))
    feeds[`class:${head}`] = new Float32Array(batch * classes);
  for (let row = 0; row < batch; row++) fillRow(source, feeds, row, dice(seed, step * batch + row));
  return feeds;
}

function fillRow(source: BatchSource, feeds: Feeds, row: number, random: Dice): void {
  const { chunks, tokenizer, alphas, shape } = source;
  const chunk = chunks[Math.floor(random() * chunks.length)] as Chunk;
  const i = Math.floor(random() * chunk.requests.length);
  const request = chunk.requests[i] as EditRequest;
  const [before, after] = [chunk.before(i), chunk.after(i)];
  const drop = random();
  const blind = drop < bothDropped;
  const wordless = drop < bothDropped + wordsDropped;
  const target = wordless && !blind ? before : after;
  const noised = wordless && !blind && random() >= crossed ? before : after;
  const language = random() < chineseShare ? 'zh' : 'en';
  const text = wordless ? '' : word(request, language, random);

  const timestep = drawTimestep(alphas.length, source.noisyShare, random);
  const alpha = alphas[timestep] as number;
  const [signal, noise] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
  const plane = before.length;
  const sample = feeds['sample'] as Float32Array;
  const start = row * 2 * plane;
  for (let k = 0; k < plane; k++) sample[start + k] = signal * (noised[k] as number) + noise * normal(random);
  if (!blind) sample.set(before, start + plane);
  (feeds['target'] as Float32Array).set(target, row * plane);
  (feeds['timestep'] as Float32Array)[row] = timestep;
  if (source.relativeLoss && !wordless)
    (feeds['weight'] as Float32Array)[row] = relativeWeight(before, after);
  (feeds['ids'] as BigInt64Array).set(tokenizer.encodePadded(text, shape.length).ids, row * shape.length);
  (feeds['named'] as Float32Array)[row] = wordless || request.also ? 0 : 1;
  for (const [head, index] of Object.entries(classesOf(request))) {
    (feeds[`class:${head}`] as Float32Array)[row * textHeads[head as TextHead] + index] = 1;
  }
}

/** The noisiest timesteps, as a share of all. */
const noisiest = 0.12;

function drawTimestep(count: number, noisyShare: number, random: Dice): number {
  const noisy = noisyShare > 0 && random() < noisyShare;
  return Math.floor((noisy ? 1 - noisiest * random() : random()) * (count - (noisy ? 1 : 0)));
}

/** Rises as an edit changes less: sharpening or recolouring an object weighs more than night falling; 1 for no change at all. */
function relativeWeight(before: Float32Array, after: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < before.length; i++) sum += ((after[i] as number) - (before[i] as number)) ** 2;
  const change = Math.sqrt(sum / before.length);
  return change < 0.02 ? 1 : Math.min(4, Math.max(0.5, 0.6 / (change + 0.05)));
}

function word(request: EditRequest, language: Language, random: Dice): string {
  const { also } = request;
  if (also) return sampleCompound({ ...request, also }, 'train', language, random);
  return sampleInstruction(request, 'train', language, random);
}

/** The class of each text head; the last class of objects and colours is "none". */
function classesOf({ id, strength, object, colour }: EditRequest): Record<TextHead, number> {
  return {
    edit: editIds.indexOf(id),
    strength: strengthIds.indexOf(strength),
    object: object ? objectIds.indexOf(object) : objectIds.length,
    colour: colour ? colourIds.indexOf(colour) : colourIds.length,
  };
}
