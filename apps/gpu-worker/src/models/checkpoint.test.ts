import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findWeights, loadParameters, readConfig, renameLegacyAttention } from './checkpoint.ts';
import { type WritableTensor, writeSafetensors } from './safetensors-write.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true }));

function tensor(shape: number[], dtype: 'F32' | 'F16' = 'F32'): WritableTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return { dtype, shape, data: Float32Array.from({ length }, (_, i) => i + 1) };
}

function save(tensors: Record<string, WritableTensor>, name = 'model.safetensors'): Promise<void> {
  return writeSafetensors(join(folder, name), new Map(Object.entries(tensors)));
}

const expected = (shapes: Record<string, number[]>): Map<string, { shape: number[] }> =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape }]));

describe('loadParameters', () => {
  it('gives float32 in the expected order, whatever the stored type', async () => {
    await save({ a: tensor([2], 'F16'), b: tensor([1, 2]) });
    const parameters = await loadParameters(folder, expected({ b: [1, 2], a: [2] }));
    expect([...parameters]).toEqual([
      ['b', Float32Array.of(1, 2)],
      ['a', Float32Array.of(1, 2)],
    ]);
  });

  it('reads shards through their index', async () => {
    await save({ a: tensor([1]) }, 'diffusion_pytorch_model-00001-of-00002.safetensors');
    await save({ b: tensor([3]) }, 'diffusion_pytorch_model-00002-of-00002.safetensors');
    const weightMap = {
      a: 'diffusion_pytorch_model-00001-of-00002.safetensors',
      b: 'diffusion_pytorch_model-00002-of-00002.safetensors',
    };
    const index = join(folder, 'diffusion_pytorch_model.safetensors.index.json');
    await writeFile(index, JSON.stringify({ metadata: {}, weight_map: weightMap }));
    const parameters = await loadParameters(folder, expected({ a: [1], b: [3] }));
    expect(parameters.get('b')).toEqual(Float32Array.of(1, 2, 3));
  });

  it('loads legacy attention names, also as 1x1 convolutions', async () => {
    const block = 'encoder.mid_block.attentions.0';
    await save({
      [`${block}.query.weight`]: tensor([2, 2, 1, 1]),
      [`${block}.proj_attn.bias`]: tensor([2]),
      'mid_block.attentions.0.value.weight': tensor([2, 2]),
    });
    const names = expected({
      [`${block}.to_q.weight`]: [2, 2],
      [`${block}.to_out.0.bias`]: [2],
      'mid_block.attentions.0.to_v.weight': [2, 2],
    });
    const parameters = await loadParameters(folder, names);
    expect(parameters.get(`${block}.to_q.weight`)).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(renameLegacyAttention('decoder.mid_block.attentions.0.key.bias')).toBe(
      'decoder.mid_block.attentions.0.to_k.bias',
    );
    expect(renameLegacyAttention('down_blocks.0.attentions.0.key.bias')).toBe(
      'down_blocks.0.attentions.0.key.bias',
    );
  });

  it("skips CLIP's position_ids and whatever is ignored, and renames", async () => {
    const ids: WritableTensor = { dtype: 'I64', shape: [1, 2], data: BigInt64Array.of(0n, 1n) };
    await save({ 'text_model.embeddings.position_ids': ids, 'ema.w': tensor([1]), 'net.w': tensor([1]) });
    const rename = (name: string): string => name.replace(/^net\./, '');
    const parameters = await loadParameters(folder, expected({ w: [1] }), { rename, ignore: /^ema\./ });
    expect([...parameters.keys()]).toEqual(['w']);
  });
});

describe('loadParameters refuses a checkpoint', () => {
  it('with missing, unexpected or misshapen tensors, listing them with both shapes', async () => {
    const strangers = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((i) => [`x${i}`, tensor([1])]));
    await save({ ...strangers, w: tensor([2, 3]), v: tensor([2, 2, 1, 3]) });
    const loading = loadParameters(folder, expected({ w: [3, 2], v: [2, 2], gone: [4, 5] }));
    await expect(loading).rejects.toMatchObject({
      code: 'model_corrupt',
      message:
        `${join(folder, 'model.safetensors')}: 1 missing tensor: gone [4, 5]. ` +
        '7 unexpected tensors: x1 [1]; x2 [1]; x3 [1]; x4 [1]; x5 [1]; and 2 more. ' +
        '2 misshapen tensors: w is [2, 3], expected [3, 2]; v is [2, 2, 1, 3], expected [2, 2]',
    });
  });

  it('with weights of a type that holds no floats, naming tensor and file', async () => {
    const codes: WritableTensor = { dtype: 'I8', shape: [2], data: Int8Array.of(-3, 4) };
    await save({ a: tensor([1]), w: codes });
    await expect(loadParameters(folder, expected({ a: [1], w: [2] }))).rejects.toMatchObject({
      code: 'model_corrupt',
      message: `${join(folder, 'model.safetensors')}: 1 mistyped tensor: w holds I8, expected F64, F32, F16, BF16`,
    });
  });

  it('with two names for one parameter', async () => {
    const block = 'mid_block.attentions.0';
    await save({ [`${block}.query.bias`]: tensor([1]), [`${block}.to_q.bias`]: tensor([1]) });
    const loading = loadParameters(folder, expected({ [`${block}.to_q.bias`]: [1] }));
    await expect(loading).rejects.toThrow(/both "mid_block.attentions.0.query.bias" and/);
  });
});

describe('findWeights', () => {
  it('prefers full precision, then fp16', async () => {
    await save({}, 'diffusion_pytorch_model.fp16.safetensors');
    expect(await findWeights(folder)).toBe(join(folder, 'diffusion_pytorch_model.fp16.safetensors'));
    await save({}, 'diffusion_pytorch_model.safetensors');
    expect(await findWeights(folder)).toBe(join(folder, 'diffusion_pytorch_model.safetensors'));
  });

  it.each([
    'model.bf16.safetensors',
    'diffusion_pytorch_model.non_ema.safetensors',
    'diffusion_pytorch_model.safetensors.index.non_ema.json',
    'diffusion_pytorch_model.non_ema.safetensors.index.json',
  ])('takes the only variant there is: %s', async (name) => {
    await save({}, name);
    expect(await findWeights(folder)).toBe(join(folder, name));
    await save({}, 'model.fp16.safetensors');
    expect(await findWeights(folder)).toBe(join(folder, 'model.fp16.safetensors'));
  });

  it('says what it expected and what it found', async () => {
    await writeFile(join(folder, 'pytorch_model.bin'), '');
    await expect(findWeights(folder)).rejects.toMatchObject({
      code: 'model_not_found',
      message: expect.stringMatching(/expected diffusion_pytorch_model.*found pytorch_model\.bin/),
    });
    await expect(findWeights(join(folder, 'none'))).rejects.toMatchObject({ code: 'model_not_found' });
  });
});

describe('readConfig', () => {
  const schema = z.object({ in_channels: z.int(), act: z.string() });

  it('names every field that does not fit', async () => {
    await writeFile(join(folder, 'config.json'), '{"in_channels":"four"}');
    const fault = {
      code: 'model_corrupt',
      message: expect.stringMatching(/config\.json[\s\S]*in_channels[\s\S]*act/),
    };
    await expect(readConfig(folder, schema)).rejects.toMatchObject(fault);
  });

  it('reads what Python writes for infinity', async () => {
    await writeFile(join(folder, 'config.json'), '{"lambda_min_clipped": -Infinity, "name": "Infinity"}');
    const python = z.looseObject({});
    expect(await readConfig(folder, python)).toEqual({
      lambda_min_clipped: Number.NEGATIVE_INFINITY,
      name: 'Infinity',
    });
  });

  it('tells a missing file from a damaged one', async () => {
    await expect(readConfig(folder, schema)).rejects.toMatchObject({ code: 'model_not_found' });
    await writeFile(join(folder, 'config.json'), '{');
    await expect(readConfig(folder, schema)).rejects.toMatchObject({ code: 'model_corrupt' });
  });
});
