import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSafetensors, readSafetensors, toFloat32 } from './safetensors.ts';
import type { StoredTensor } from './safetensors-format.ts';
import { type WritableTensor, writeSafetensors } from './safetensors-write.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

const place = (name: string): string => join(folder, name);

function stored(dtype: StoredTensor['dtype'], data: StoredTensor['data']): StoredTensor {
  return { dtype, shape: [data.length], data };
}

/** A file of the given header text (or object), its length and data bytes, none of it checked. */
async function rawFile(header: unknown, dataBytes: number, claimedBytes?: number): Promise<string> {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(claimedBytes ?? text.length));
  const path = place('raw.safetensors');
  await writeFile(path, Buffer.concat([length, text, Buffer.alloc(dataBytes)]));
  return path;
}

const entry = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32'): object => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

const tensorOf = fc.uint8Array({ maxLength: 48 }).chain((bytes) => {
  const buffer = Uint8Array.from({ length: Math.ceil(bytes.length / 8) * 8 }, (_, i) => bytes[i] ?? 0).buffer;
  return fc.constantFrom(
    stored('F64', new Float64Array(buffer)),
    stored('F32', new Float32Array(buffer)),
    stored('F16', new Uint16Array(buffer)),
    stored('BF16', new Uint16Array(buffer)),
    stored('I64', new BigInt64Array(buffer)),
    stored('I32', new Int32Array(buffer)),
    stored('I16', new Int16Array(buffer)),
    stored('I8', new Int8Array(buffer)),
    stored('U8', bytes),
    stored(
      'BOOL',
      bytes.map((byte) => byte & 1),
    ),
  );
});
const names = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__');

describe('a written file', () => {
  it('reads back as it was, whole and lazily', async () => {
    const path = place('round-trip.safetensors');
    const files = fc.array(fc.tuple(names, tensorOf), { maxLength: 6 }).map((pairs) => new Map(pairs));
    const notes = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(files, notes, async (tensors, metadata) => {
        await writeSafetensors(path, tensors, metadata);
        expect(await readSafetensors(path)).toEqual(tensors);
        await using source = await openSafetensors(path);
        expect(source.metadata).toEqual(metadata);
        for (const [name, tensor] of tensors) expect(await source.read(name)).toEqual(tensor);
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it('has the same bytes whatever the order of the map, and leaves no draft', async () => {
    const pairs: [string, WritableTensor][] = [
      ['b', { dtype: 'F16', shape: [1], data: Float32Array.of(1) }],
      ['a', { dtype: 'F16', shape: [1], data: Float32Array.of(2) }],
      ['z', { dtype: 'F32', shape: [2], data: Float32Array.of(3, 4) }],
    ];
    await writeSafetensors(place('one.safetensors'), new Map(pairs), { x: '1', a: '2' });
    await writeSafetensors(place('two.safetensors'), new Map(pairs.toReversed()), { a: '2', x: '1' });
    const bytes = await readFile(place('one.safetensors'));
    expect(bytes.equals(await readFile(place('two.safetensors')))).toBe(true);
    expect([...(await readSafetensors(place('one.safetensors'))).keys()]).toEqual(['z', 'a', 'b']);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('keeps scalars and empty tensors', async () => {
    const tensors = new Map([
      ['scalar', { dtype: 'F32' as const, shape: [], data: Float32Array.of(5) }],
      ['empty', { dtype: 'F32' as const, shape: [0, 3], data: new Float32Array() }],
    ]);
    await writeSafetensors(place('shapes.safetensors'), tensors);
    expect(await readSafetensors(place('shapes.safetensors'))).toEqual(tensors);
  });

  it('is refused when the data do not fit the shape or the dtype', async () => {
    const write = (tensor: WritableTensor) =>
      writeSafetensors(place('no.safetensors'), new Map([['w', tensor]]));
    await expect(write({ dtype: 'F32', shape: [3], data: new Float32Array(2) })).rejects.toThrow(
      'tensor "w": 2 values for shape [3]',
    );
    await expect(write({ dtype: 'F32', shape: [2], data: new Uint8Array(2) })).rejects.toThrow(
      /1 bytes.*F32/,
    );
    expect(await readdir(folder)).not.toContain('no.safetensors');
  });
});

describe('conversion to float32', () => {
  const allHalves = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);

  it('gives every half its value, as a DataView reads it', () => {
    const view = new DataView(allHalves.buffer) as DataView & { getFloat16(at: number, le: boolean): number };
    const values = toFloat32(stored('F16', allHalves));
    for (let i = 0; i < values.length; i++) {
      if (!Object.is(values[i], view.getFloat16(2 * i, true)))
        expect.fail(`half ${i.toString(16)} is ${values[i]}`);
    }
  });

  it('rounds to the nearest half, ties to even, as Math.f16round does', async () => {
    const { f16round } = Math as typeof Math & { f16round(value: number): number };
    const halves = toFloat32(stored('F16', allHalves)).filter(Number.isFinite).sort();
    const between = halves.slice(1).map((half, i) => (half + (halves[i] as number)) / 2);
    const samples = fc.sample(fc.float(), { numRuns: 5_000, seed: 3 });
    const edges = [
      65_519.996,
      65_520,
      65_536,
      1e38,
      Infinity,
      -Infinity,
      Number.NaN,
      -0,
      2 ** -25,
      2 ** -25 * 1.001,
    ];
    const data = Float32Array.from(
      [halves, between, between.map((half) => half * (1 + 2 ** -22)), samples, edges].flatMap((list) => [
        ...list,
      ]),
    );
    await writeSafetensors(
      place('half.safetensors'),
      new Map([['w', { dtype: 'F16', shape: [data.length], data }]]),
    );
    const back = toFloat32((await readSafetensors(place('half.safetensors'))).get('w') as StoredTensor);
    for (let i = 0; i < data.length; i++) {
      const rounded = f16round(data[i] as number);
      if (!Object.is(back[i], rounded)) expect.fail(`${data[i]} became ${back[i]}, not ${rounded}`);
    }
  });

  it('widens bfloat16, integers, booleans and narrows float64', () => {
    expect(toFloat32(stored('BF16', Uint16Array.of(0x3f80, 0xc040)))).toEqual(Float32Array.of(1, -3));
    expect(toFloat32(stored('I64', BigInt64Array.of(-2n, 77n)))).toEqual(Float32Array.of(-2, 77));
    expect(toFloat32(stored('I8', Int8Array.of(-2, 7)))).toEqual(Float32Array.of(-2, 7));
    expect(toFloat32(stored('BOOL', Uint8Array.of(0, 1)))).toEqual(Float32Array.of(0, 1));
    expect(toFloat32(stored('F64', Float64Array.of(0.1)))).toEqual(Float32Array.of(0.1));
  });
});

const faults: [string, () => Promise<string>, RegExp][] = [
  [
    'is too short',
    () => writeFile(place('raw.safetensors'), 'short').then(() => place('raw.safetensors')),
    /5 bytes/,
  ],
  ['has a header beyond its end', () => rawFile({}, 0, 999), /claims 999 bytes of a file of 10/],
  ['has an absurd header length', () => rawFile('{}', 0, 2 ** 52), /claims 4503599627370496 bytes/],
  ['has no JSON', () => rawFile('{"w":', 0), /not JSON/],
  ['has a list for a header', () => rawFile('[]', 0), /not a JSON object/],
  [
    'has an unknown dtype',
    () => rawFile({ w: entry(0, 4, [4], 'F8_E4M3') }, 4),
    /"w".*unknown dtype "F8_E4M3"/,
  ],
  ['has a dtype of Object.prototype', () => rawFile({ w: entry(0, 4, [4], 'toString') }, 4), /unknown dtype/],
  ['has a negative size', () => rawFile({ w: entry(0, 4, [-1]) }, 4), /"w".*shape \[-1\]/],
  ['has reversed offsets', () => rawFile({ w: entry(4, 0, [1]) }, 4), /"w".*\[4,0\] is not \[begin, end\]/],
  [
    'has three offsets',
    () => rawFile({ w: { ...entry(0, 4), data_offsets: [0, 4, 8] } }, 4),
    /\[0,4,8\] is not/,
  ],
  [
    'disagrees on the size',
    () => rawFile({ w: entry(0, 4, [2]) }, 4),
    /"w".*4 bytes, expected 8 for F32 \[2\]/,
  ],
  [
    'is truncated',
    () => rawFile({ a: entry(0, 4), w: entry(4, 12) }, 11),
    /"w".*byte 12 of a data section of 11/,
  ],
  ['overlaps', () => rawFile({ a: entry(0, 8), w: entry(4, 12) }, 12), /"w".*overlaps.*byte 4/],
  ['has a hole', () => rawFile({ a: entry(0, 4), w: entry(8, 12) }, 12), /"w".*bytes 4 to 8 unused/],
  ['has bytes of no tensor', () => rawFile({ a: entry(0, 4) }, 6), /2 bytes after the last tensor/],
  [
    'has metadata of numbers',
    () => rawFile({ __metadata__: { step: 3 } }, 0),
    /__metadata__.step is not a string/,
  ],
  [
    'names a tensor twice',
    () => rawFile(`{"w\\u0031":${JSON.stringify(entry(0, 4))},"w1":${JSON.stringify(entry(0, 4))}}`, 4),
    /"w1".*twice/,
  ],
];

describe('a damaged file', () => {
  it.each(faults)('%s', async (_, write, message) => {
    const path = await write();
    const fault = { code: 'model_corrupt', message: expect.stringMatching(message) };
    await expect(readSafetensors(path)).rejects.toMatchObject(fault);
    await expect(openSafetensors(path)).rejects.toThrow(path);
  });

  it('never escapes as another kind of error, whichever byte is changed', async () => {
    const path = place('fuzzed.safetensors');
    await writeSafetensors(path, new Map([['w', stored('F32', Float32Array.of(1, 2))]]), { note: 'x' });
    const bytes = await readFile(path);
    const change = fc.tuple(fc.nat(bytes.length - 9), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(change, async ([at, value]) => {
        await writeFile(path, bytes.with(at, value));
        const code = await readSafetensors(path).then(
          () => 'model_corrupt',
          (fault) => fault.code,
        );
        expect(code).toBe('model_corrupt');
      }),
      { numRuns: 150, seed: 11 },
    );
  });

  it('is model_not_found when it does not exist', async () => {
    await expect(readSafetensors(place('none'))).rejects.toMatchObject({ code: 'model_not_found' });
    await expect(openSafetensors(place('none.index.json'))).rejects.toMatchObject({
      code: 'model_not_found',
    });
  });
});

describe('a sharded checkpoint', () => {
  const index = place.bind(null, 'model.safetensors.index.json');

  async function writeShards(weightMap: unknown): Promise<string> {
    const [a, b] = [stored('F32', Float32Array.of(1)), stored('F32', Float32Array.of(2, 3))];
    await writeSafetensors(place('model-1.safetensors'), new Map([['a', a]]));
    await writeSafetensors(place('model-2.safetensors'), new Map([['b', b]]));
    await writeFile(index(), JSON.stringify({ weight_map: weightMap }));
    return index();
  }

  it('reads each tensor from its shard', async () => {
    const path = await writeShards({ a: 'model-1.safetensors', b: 'model-2.safetensors' });
    await using source = await openSafetensors(path);
    expect([...source.tensors.keys()]).toEqual(['a', 'b']);
    expect(source.tensors.get('b')).toMatchObject({ shape: [2], file: place('model-2.safetensors') });
    expect((await source.read('b')).data).toEqual(Float32Array.of(2, 3));
    await expect(source.read('c')).rejects.toThrow(/"c".*no shard/);
  });

  it.each([
    [{ a: 'model-2.safetensors' }, /"a".*places it in model-2/],
    [{ a: '../model-1.safetensors' }, /"a".*not a shard's file name/],
    ['everything', /no weight_map/],
  ])('is refused when the index says %j', async (weightMap, message) => {
    const path = await writeShards(weightMap);
    await expect(openSafetensors(path)).rejects.toMatchObject({
      code: 'model_corrupt',
      message: expect.stringMatching(message),
    });
  });
});
