import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NounBook } from '@darkroom/gpu-worker/vision/noun-book';
import { readQuery } from '@darkroom/gpu-worker/vision/noun-phrase';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dice } from '../../dice.ts';
import { channelsFirst } from './centernet-weights.ts';
import { cocoLabels } from './coco-labels.ts';
import { cocoNouns } from './coco-nouns.ts';
import { type FeatureShard, featureShapes } from './feature-shards.ts';
import { readNouns } from './noun-lines.ts';
import { pictureNouns } from './picture-nouns.ts';
import { cellsOfShard, foldScale, scaleOf } from './taught-cells.ts';
import { readTfjsWeights } from './tfjs-weights.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tfjs-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('weights of TensorFlow.js', () => {
  const manifest = (weights: object[]) =>
    JSON.stringify({ format: 'graph-model', weightsManifest: [{ paths: ['a.bin'], weights }] });
  const file = (): string => join(folder, 'model.json');

  it('are read as float32 from half and single precision, and whole numbers are passed over', async () => {
    const half = { dtype: 'float16' };
    await writeFile(
      file(),
      manifest([
        { name: 'h', shape: [3], dtype: 'float32', quantization: half },
        { name: 'axes', shape: [1], dtype: 'int32' },
        { name: 's', shape: [], dtype: 'float32' },
      ]),
    );
    const bytes = Buffer.alloc(6 + 4 + 4);
    for (const [i, bits] of [0x3c00, 0xc000, 0x3155].entries()) bytes.writeUInt16LE(bits, 2 * i);
    bytes.writeFloatLE(0.5, 10);
    await writeFile(join(folder, 'a.bin'), bytes);
    const weights = await readTfjsWeights(file());
    expect([...weights.keys()]).toEqual(['h', 's']);
    expect([...(weights.get('h')?.data ?? [])]).toEqual([1, -2, 0.1666259765625]);
    expect([...(weights.get('s')?.data ?? [])]).toEqual([0.5]);
  });

  it('must fill their file', async () => {
    await writeFile(file(), manifest([{ name: 's', shape: [2], dtype: 'float32' }]));
    await writeFile(join(folder, 'a.bin'), Buffer.alloc(4));
    await expect(readTfjsWeights(file())).rejects.toThrow('expected 8 bytes of weights, came 4');
  });

  it('of convolutions put their filters first', () => {
    const data = Float32Array.from({ length: 2 * 3 * 2 * 4 }, (_, i) => i);
    const { shape, data: moved } = channelsFirst({ shape: [2, 3, 2, 4], data }, 4);
    expect(shape).toEqual([4, 2, 2, 3]);
    // Filter 3, input 1, row 1, column 2 was at row 1, column 2, input 1, filter 3.
    expect(moved[((3 * 2 + 1) * 2 + 1) * 3 + 2]).toBe(((1 * 3 + 2) * 2 + 1) * 4 + 3);
    const depthwise = channelsFirst({ shape: [2, 3, 4, 1], data: data.subarray(0, 24) }, 4);
    expect(depthwise.shape).toEqual([4, 1, 2, 3]);
    expect(depthwise.data[(3 * 2 + 1) * 3 + 2]).toBe((1 * 3 + 2) * 4 + 3);
  });
});

describe('the nouns', () => {
  it('are read from lines of words in two languages', () => {
    expect(readNouns('\na+b c: x_y z | 甲 乙\n')).toEqual([
      { labels: ['a', 'b c'], english: ['x y', 'z'], chinese: ['甲', '乙'] },
    ]);
    expect(() => readNouns('no form')).toThrow('came "no form"');
  });

  it('name every class of the detector by its own word and in Chinese', () => {
    const book = new NounBook(cocoNouns());
    for (const label of cocoLabels) {
      const [read] = readQuery(label, book);
      expect(read?.noun.labels, label).toEqual([label]);
      expect(readQuery(`一个${read?.noun.chinese[0]}`, book)[0]?.noun.labels, label).toEqual([label]);
    }
    for (const { labels } of cocoNouns()) for (const label of labels) expect(cocoLabels).toContain(label);
  });

  it('of pictures are more than two hundred further things, each with words in both languages', () => {
    const nouns = pictureNouns();
    const book = new NounBook([...cocoNouns(), ...nouns.map((noun, taught) => ({ ...noun, taught }))]);
    expect(nouns.length).toBeGreaterThan(200);
    for (const [row, { english, chinese }] of nouns.entries()) {
      expect(readQuery(`the ${english[0]}`, book)[0]?.noun.taught, english[0]).toBe(row);
      expect(readQuery(chinese[0] ?? '', book)[0]?.noun.taught, chinese[0]).toBe(row);
    }
  });
});

describe('places of a scene', () => {
  const side = 64;
  /** One scene; every feature of a place at 1/8 is its column plus a hundred times its row, others are 0. */
  function shardOf(boxes: readonly (readonly [number, number, number, number])[]): FeatureShard {
    const shapes = featureShapes(1, side);
    return {
      count: 1,
      features: (name) => {
        const [, channels = 0, , cells = 0] = shapes[name];
        return Float32Array.from({ length: channels * cells * cells }, (_, i) =>
          name === 'fused' ? (i % cells) + 100 * (Math.floor(i / cells) % cells) : 0,
        );
      },
      instances: () => boxes.map((box, row) => ({ row, box })),
    };
  }

  it('show a noun in its middle, and nothing at its rim and outside', () => {
    const cells = cellsOfShard(shardOf([[8, 8, 56, 56]]), { side, count: 5, random: dice(1, 0) });
    expect(cells.width).toBe(128 + 88 + 480);
    cells.rows.forEach((row, i) => {
      const at = cells.features[i * cells.width] as number;
      const distance = Math.hypot((at % 100) - 4, Math.floor(at / 100) - 4);
      expect(row, `${at}`).toBe(distance < 0.2 * 6 ? 0 : 5);
    });
    expect([...cells.rows].filter((row) => row === 0).length).toBe(4);
  });

  it('that two things share belong to the smaller', () => {
    const boxes = [
      [0, 0, 64, 64],
      [16, 16, 48, 48],
    ] as const;
    const { rows } = cellsOfShard(shardOf(boxes), { side, count: 5, random: dice(1, 0) });
    expect([...rows]).not.toContain(0);
    expect([...rows]).toContain(1);
  });

  it('fold their scale into the first layer', () => {
    const features = Float32Array.of(1, 10, 3, 30, 5, 20);
    const scale = scaleOf({ features, width: 2, rows: Int32Array.of(0, 0, 0) });
    const [weight, bias] = [Float32Array.of(2, -1, 0.5, 4), Float32Array.of(0.3, -0.2)];
    const folded = foldScale(weight, bias, scale);
    const apply = (w: Float32Array, b: Float32Array, x: number[]): number[] =>
      [0, 1].map((out) => (w[out * 2] as number) * x[0]! + (w[out * 2 + 1] as number) * x[1]! + b[out]!);
    const raw = [3, 30];
    const scaled = raw.map((value, i) => (value - scale.mean[i]!) / scale.deviation[i]!);
    const [got, expected] = [apply(folded.weight, folded.bias, raw), apply(weight, bias, scaled)];
    got.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 4);
    });
  });
});
