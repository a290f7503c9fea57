import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cellCount } from '@darkroom/gpu-worker/models/blip/detector-vision';
import { openWordPieces, type WordPieces } from '@darkroom/gpu-worker/models/blip/word-pieces';
import { CenternetConfig } from '@darkroom/gpu-worker/models/centernet/config';
import { Trainer } from '@darkroom/gpu-worker/training/trainer';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { warmUp } from '@darkroom/graph/optimizers/schedule';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cocoLabels } from '../detect/coco-labels.ts';
import { type CaptionSource, captionBatch } from './batch.ts';
import { initialCaption } from './initial-caption.ts';
import { captionNetwork, captionTraining, cellWidths } from './network.ts';
import { nouns } from './nouns.ts';
import { packCells } from './packed-cells.ts';
import type { SeenPicture } from './shards.ts';
import { endId, vocabularyOf } from './vocabulary.ts';

const captions = new Map([
  ['meadow', 'a windmill on grass under a blue sky'],
  ['sea', 'a red fish in front of rocks under water'],
]);
const vocabulary = vocabularyOf(captions);
const detector = CenternetConfig.parse({
  model_type: 'centernet',
  labels: cocoLabels,
  backbone_config: { last_channels: 4 },
});
const large = captionNetwork(detector, { words: vocabulary.length, end: endId });
const network = {
  text_config: { ...large.text_config, hidden_size: 24, intermediate_size: 32, num_hidden_layers: 1 },
  vision_config: { ...large.vision_config, hidden_size: 24, intermediate_size: 32, image_size: 256 },
};
const cells = cellCount(network.vision_config);
const widths = cellWidths(network.vision_config);

/** A picture whose features tell which one it is; there are no peaks. */
function seenPicture(photo: string, level: number, things: SeenPicture['facts']['things'] = []): SeenPicture {
  const numbers = {
    features: new Float32Array(cells * widths.features).fill(level),
    peaks: new Float32Array(cells * widths.peaks),
    colours: new Float32Array(cells * widths.colours),
  };
  return { facts: { photo, things }, cells: packCells(numbers) };
}

const seen = [
  seenPicture('meadow', 0.5),
  seenPicture('sea', 3),
  seenPicture('meadow', 5, [{ stored: 'dog', colour: 'brown' }]),
];

let folder: string;
let words: WordPieces;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caption-'));
  await writeFile(join(folder, 'vocab.txt'), vocabulary.join('\n'));
  words = await openWordPieces(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const sourceOf = (batch: number): CaptionSource => ({
  seen,
  captions,
  words,
  network,
  shape: { batch, length: 20, cells },
});

describe('captionBatch', () => {
  it('is the same for one seed and step, and another for others', () => {
    const source = sourceOf(4);
    expect(captionBatch(source, 1, 5)).toEqual(captionBatch(source, 1, 5));
    expect(captionBatch(source, 1, 5)['ids']).not.toEqual(captionBatch(source, 1, 6)['ids']);
  });

  it('begins and ends every caption with its marks and counts its tokens alone', () => {
    const { ids, weights } = captionBatch(sourceOf(16), 1, 0) as {
      ids: BigInt64Array;
      weights: Float32Array;
    };
    const { bos_token_id: begin, sep_token_id: end } = network.text_config;
    for (let row = 0; row < 16; row++) {
      const tokens = [...ids.slice(row * 20, (row + 1) * 20)].map(Number);
      const last = tokens.indexOf(end);
      expect(tokens[0]).toBe(begin);
      expect(tokens.slice(last + 1)).toEqual(tokens.slice(last + 1).map(() => 0));
      const counted = [...weights.slice(row * 19, (row + 1) * 19)];
      expect(counted).toEqual(counted.map((_, i) => (i < last ? 1 : 0)));
    }
  });

  it('names what stands out in the peaks, as often as it does, and nothing else of the detector’s', () => {
    const rows = 64;
    const { ids, peaks } = captionBatch(sourceOf(rows), 3, 1) as { ids: BigInt64Array; peaks: Float32Array };
    let pointed = 0;
    for (let row = 0; row < rows; row++) {
      const caption = words.decode([...ids.slice(row * 20, (row + 1) * 20)].map(Number));
      const size = cells * cocoLabels.length;
      const counts = new Map<string, number>();
      peaks.subarray(row * size, (row + 1) * size).forEach((peak, i) => {
        const label = cocoLabels[i % cocoLabels.length] as string;
        if (peak > 0.26) counts.set(label, (counts.get(label) ?? 0) + 1);
      });
      for (const [label, count] of counts) {
        const noun = nouns.find((known) => known.label === label);
        expect(caption).toContain(count > 1 ? noun?.many : noun?.one);
        pointed += 1;
      }
      if (counts.size === 0) expect([...captions.values(), 'a brown dog on grass']).toContain(caption);
    }
    expect(pointed).toBeGreaterThan(5);
  });
});

describe('captionTraining', () => {
  it('learns three pictures by heart', async () => {
    const source = sourceOf(8);
    const { loss, parameters } = captionTraining(source.shape, network);
    await using trainer = await Trainer.create(
      { loss, parameters, optimizer: adamW({}), learningRate: 5e-3, schedule: warmUp(5) },
      initialCaption(parameters, 1, { network, vocabulary }),
    );
    const losses: number[] = [];
    for (let step = 0; step < 60; step++)
      losses.push((await trainer.advance(captionBatch(source, 1, step)))['loss'] as number);
    const last = losses.slice(-5).reduce((sum, value) => sum + value, 0) / 5;
    // What smoothing leaves, and the words for what peaks alone tell, are still to come.
    expect(last).toBeLessThan(0.5 * (losses[0] as number));
  });
});
