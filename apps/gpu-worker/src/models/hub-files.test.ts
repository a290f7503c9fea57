import { expect, it } from 'vitest';
import { chooseFiles } from './hub-files.ts';

const choose = (paths: string[], variant?: string): string[] =>
  chooseFiles(
    paths.map((path, sizeBytes) => ({ path, sizeBytes, oid: 'x' })),
    variant,
  )
    .map(({ path }) => path)
    .sort();

const PIPELINE = [
  '.gitattributes',
  'README.md',
  'feature_extractor/preprocessor_config.json',
  'model_index.json',
  'safety_checker/config.json',
  'safety_checker/model.safetensors',
  'text_encoder/flax_model.msgpack',
  'text_encoder/model.fp16.safetensors',
  'text_encoder/model.safetensors',
  'text_encoder/pytorch_model.bin',
  'tokenizer/merges.txt',
  'tokenizer/vocab.json',
  'unet/config.json',
  'unet/diffusion_pytorch_model.bin',
  'unet/diffusion_pytorch_model.non_ema.safetensors',
  'unet/diffusion_pytorch_model.safetensors',
  'v1-5-pruned-emaonly.ckpt',
  'v1-5-pruned-emaonly.safetensors',
];
const TEXTS = [
  'feature_extractor/preprocessor_config.json',
  'model_index.json',
  'tokenizer/merges.txt',
  'tokenizer/vocab.json',
  'unet/config.json',
];

it("takes a pipeline's texts and plain weights, and nothing else", () => {
  const weights = ['text_encoder/model.safetensors', 'unet/diffusion_pytorch_model.safetensors'];
  expect(choose(PIPELINE)).toEqual([...TEXTS, ...weights].sort());
});

it('takes the variant where it exists, and plain weights elsewhere', () => {
  const weights = ['text_encoder/model.fp16.safetensors', 'unet/diffusion_pytorch_model.safetensors'];
  expect(choose(PIPELINE, 'fp16')).toEqual([...TEXTS, ...weights].sort());
});

it('takes fp16 where there is nothing else', () => {
  expect(choose(['model.fp16.safetensors', 'model.bf16.safetensors'])).toEqual(['model.fp16.safetensors']);
});

it('takes root weights of a repository without folders', () => {
  expect(choose(['config.json', 'model.safetensors', 'pytorch_model.bin', 'tf_model.h5'])).toEqual([
    'config.json',
    'model.safetensors',
  ]);
});

it('takes shards with their index, of the asked variant, unless one file holds all', () => {
  const shards = (stem: string): string[] =>
    [1, 2].map((i) => `unet/${stem.replace('#', `0000${i}-of-00002`)}`);
  const plain = ['unet/model.safetensors.index.json', ...shards('model-#.safetensors')];
  const half = ['unet/model.safetensors.index.fp16.json', ...shards('model-#.fp16.safetensors')];
  const newHalf = ['unet/model.fp16.safetensors.index.json', ...shards('model.fp16-#.safetensors')];
  const pickled = ['unet/pytorch_model.bin.index.json'];
  expect(choose([...plain, ...half, ...pickled])).toEqual(plain.sort());
  expect(choose([...plain, ...half], 'fp16')).toEqual(half.sort());
  expect(choose([...plain, ...newHalf], 'fp16')).toEqual(newHalf.sort());
  expect(choose([...plain, 'unet/model.safetensors'])).toEqual(['unet/model.safetensors']);
});

it('refuses weights that exist only as pickles, and repositories without weights', () => {
  const fault = expect.objectContaining({ code: 'model_unsupported' });
  expect(() =>
    choose(['model_index.json', 'vae/model.safetensors', 'unet/diffusion_pytorch_model.bin']),
  ).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/unet\/diffusion_pytorch_model\.bin: pickled/),
    }),
  );
  expect(() => choose(['config.json'])).toThrow(fault);
});

it('puts small files first, so that a wrong model shows before the long transfer', () => {
  const files = [
    { path: 'model.safetensors', sizeBytes: 9_000, oid: 'a' },
    { path: 'config.json', sizeBytes: 10, oid: 'b' },
  ];
  expect(chooseFiles(files).map(({ path }) => path)).toEqual(['config.json', 'model.safetensors']);
});
