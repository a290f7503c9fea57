import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NounBook } from '@darkroom/gpu-worker/vision/noun-book';
import { readQuery } from '@darkroom/gpu-worker/vision/noun-phrase';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { channelsFirst } from './centernet-weights.ts';
import { cocoLabels } from './coco-labels.ts';
import { cocoNouns } from './coco-nouns.ts';
import { lookAlikes } from './look-alikes.ts';
import { readNouns } from './noun-lines.ts';
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

  it('of look-alikes are over a hundred further words, found as classes that exist', () => {
    const own = new NounBook(cocoNouns());
    const words = lookAlikes().flatMap(({ english }) => english.filter((word) => !own.exact(word)));
    expect(words.length).toBeGreaterThan(100);
    const book = new NounBook([...cocoNouns(), ...lookAlikes()]);
    for (const { labels, english, chinese } of lookAlikes()) {
      for (const label of labels) expect(cocoLabels, english[0]).toContain(label);
      expect(readQuery(`the ${english[0]}`, book)[0]?.noun.labels).toEqual(labels);
      expect(readQuery(chinese[0] ?? '', book)[0]?.noun.labels).toEqual(labels);
    }
  });
});
