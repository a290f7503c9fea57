import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadParameters, readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import { readSafetensors } from '@darkroom/gpu-worker/models/safetensors';
import { writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { declareSam } from '@darkroom/gpu-worker/models/sam/declare-sam';
import { relativeRows } from '@darkroom/gpu-worker/models/sam/relative-attention';
import { SamConfig, samConfigOf } from '@darkroom/gpu-worker/models/sam/sam-config';
import { samVisionEncoder } from '@darkroom/gpu-worker/models/sam/vision-encoder';
import { cutBlocks, joinBlocks, placesOf, windowBlocks } from '@darkroom/gpu-worker/models/sam/window-blocks';
import { Scope } from '@darkroom/graph/layers/scope';
import { graphOf, input, type Value } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { checkSam, publishedSam } from '../../verify/sam.ts';
import { evaluate, type Leaves } from '../support/reference.ts';
import { expectGolden } from './expect-golden.ts';

const folder = fileURLToPath(new URL('../goldens/sam_tiny', import.meta.url));

describe('SamModel', () => {
  it('reproduces the reference: pixels, hidden states, every kind of prompt, masks and scores', () =>
    expectGolden(checkSam, 'sam_tiny', 53));

  it('has the published layouts', () => {
    const huge = { hidden_size: 1280, layers: 32, heads: 16, global_attn_indexes: [7, 15, 23, 31] };
    expect(samConfigOf('vit_h')).toEqual(publishedSam(huge));
    expect(samConfigOf('vit_b')).toEqual(SamConfig.parse({}));
  });

  it('refuses parts that disagree about their sizes', () => {
    const config = { vision_config: { output_channels: 128, image_size: 1000 } };
    const issues = SamConfig.safeParse(config).error?.issues.map(({ message }) => message);
    expect(issues).toEqual([
      'the parts disagree: image_size makes 1000 of one and 1024 of another',
      'the parts disagree: output_channels makes 128 of one and 256 of another',
      'image_size is no multiple of patch_size',
    ]);
  });
});

/** The original release's name of each part, by transformers' name of it. */
const originalParts: readonly (readonly [part: string, original: string])[] = [
  ['vision_encoder.patch_embed.projection', 'image_encoder.patch_embed.proj'],
  ['vision_encoder.neck.conv1', 'image_encoder.neck.0'],
  ['vision_encoder.neck.layer_norm1', 'image_encoder.neck.1'],
  ['vision_encoder.neck.conv2', 'image_encoder.neck.2'],
  ['vision_encoder.neck.layer_norm2', 'image_encoder.neck.3'],
  ['vision_encoder.layers', 'image_encoder.blocks'],
  ['vision_encoder', 'image_encoder'],
  [
    'shared_image_embedding.positional_embedding',
    'prompt_encoder.pe_layer.positional_encoding_gaussian_matrix',
  ],
  ['prompt_encoder.point_embed', 'prompt_encoder.point_embeddings'],
  ['prompt_encoder.mask_embed.conv1', 'prompt_encoder.mask_downscaling.0'],
  ['prompt_encoder.mask_embed.layer_norm1', 'prompt_encoder.mask_downscaling.1'],
  ['prompt_encoder.mask_embed.conv2', 'prompt_encoder.mask_downscaling.3'],
  ['prompt_encoder.mask_embed.layer_norm2', 'prompt_encoder.mask_downscaling.4'],
  ['prompt_encoder.mask_embed.conv3', 'prompt_encoder.mask_downscaling.6'],
  ['mask_decoder.upscale_conv1', 'mask_decoder.output_upscaling.0'],
  ['mask_decoder.upscale_layer_norm', 'mask_decoder.output_upscaling.1'],
  ['mask_decoder.upscale_conv2', 'mask_decoder.output_upscaling.3'],
];

function originalName(name: string): string {
  const [part, original] = originalParts.find(([start]) => name.startsWith(start)) ?? ['', ''];
  const renamed = original + name.slice(part.length);
  if (/hypernetworks|iou_prediction/.test(renamed)) {
    return renamed
      .replace('.layers.0.', '.layers.1.')
      .replace('.proj_in.', '.layers.0.')
      .replace('.proj_out.', '.layers.2.');
  }
  return renamed.includes('neck')
    ? renamed
    : renamed.replace('layer_norm_final', 'norm_final').replace(/layer_norm(\d)/, 'norm$1');
}

describe('checkpoints of the original release', () => {
  it('load under their own names, and give the same weights', async () => {
    const declared = declareSam(await readConfig(folder, SamConfig));
    const tensors = await readSafetensors(join(folder, 'model.safetensors'));
    const renamed = new Map([...tensors].map(([name, tensor]) => [originalName(name), tensor]));
    const temporary = await mkdtemp(join(tmpdir(), 'sam-'));
    try {
      const file = join(temporary, 'sam_vit_tiny.safetensors');
      await writeSafetensors(file, renamed);
      expect(await loadParameters(file, declared)).toEqual(await loadParameters(folder, declared));
    } finally {
      await rm(temporary, { recursive: true });
    }
  });

  it('load with the copy of the positional encoding that transformers saves', async () => {
    const declared = declareSam(await readConfig(folder, SamConfig));
    const tensors = await readSafetensors(join(folder, 'model.safetensors'));
    const encoding = tensors.get('shared_image_embedding.positional_embedding');
    const temporary = await mkdtemp(join(tmpdir(), 'sam-'));
    try {
      const both = new Map([...tensors, ['prompt_encoder.shared_embedding.positional_embedding', encoding!]]);
      await writeSafetensors(join(temporary, 'model.safetensors'), both);
      expect((await loadParameters(temporary, declared)).size).toBe(declared.size);
    } finally {
      await rm(temporary, { recursive: true });
    }
  });
});

function valuesOf(y: Value, leaves: Leaves): number[] {
  return [...(evaluate(graphOf({ y }), leaves)['y'] ?? [])];
}

describe('windows', () => {
  const blocks = windowBlocks([3, 5], 2);

  it('are whole ones by rows, and together those that the end of the grid cuts off', () => {
    expect(
      blocks.map((block) => block.map(({ rows, columns, corners }) => [rows, columns, corners])),
    ).toEqual([
      [
        [
          2,
          2,
          [
            [0, 0],
            [0, 2],
          ],
        ],
      ],
      [
        [2, 1, [[0, 4]]],
        [
          1,
          2,
          [
            [2, 0],
            [2, 2],
          ],
        ],
        [1, 1, [[2, 4]]],
      ],
    ]);
    expect(windowBlocks([4, 4], 2).flat()).toHaveLength(2);
    expect(windowBlocks([2, 3], 4)).toEqual([[{ rows: 2, columns: 3, corners: [[0, 0]] }]]);
  });

  it('hold every token once, and are joined to the grid again', () => {
    expect(new Set(blocks.flatMap(placesOf).map(String)).size).toBe(15);
    const values = Array.from({ length: 30 }, (_, i) => i + 1);
    const cut = cutBlocks(input('x', [2, 3, 5, 1]), blocks);
    expect(cut.map(({ shape }) => shape)).toEqual([
      [2, 8, 1],
      [2, 7, 1],
    ]);
    expect(valuesOf(cut[0] as Value, { x: values }).slice(0, 8)).toEqual([1, 2, 6, 7, 3, 4, 8, 9]);
    expect(valuesOf(cut[1] as Value, { x: values }).slice(0, 7)).toEqual([5, 10, 11, 12, 13, 14, 15]);
    expect(valuesOf(joinBlocks(cut, blocks, [3, 5]), { x: values })).toEqual(values);
  });
});

describe('tables of relative positions', () => {
  it('hold the row of distance i - j at (i, j)', () => {
    const rows = relativeRows(input('x', [5, 1]), 3);
    expect(rows.shape).toEqual([3, 1, 3]);
    expect(valuesOf(rows, { x: [-2, -1, 0, 1, 2] })).toEqual([0, -1, -2, 1, 0, -1, 2, 1, 0]);
  });

  it('are stretched linearly to another side', () => {
    const rows = valuesOf(relativeRows(input('x', [3, 1]), 3), { x: [-1, 0, 1] });
    // Five distances from three: half-pixel centres put them at -0.2, 0.4, 1, 1.6 and 2.2 of the table.
    const [far, near] = [-1, -0.6];
    const expected = [0, near, far, -near, 0, near, -far, -near, 0];
    expect(rows.map((value) => Math.round(value * 1e6) / 1e6 + 0)).toEqual(
      expected.map((value) => value + 0),
    );
  });

  it('and of places let the encoder see a picture of another shape', () => {
    const { vision_config } = SamConfig.parse({
      vision_config: { num_hidden_layers: 3, global_attn_indexes: [1], window_size: 5 },
    });
    const scope = Scope.root();
    const { embeddings } = samVisionEncoder(scope, input('x', [1, 3, 128, 192]), vision_config);
    expect(embeddings.shape).toEqual([1, 256, 8, 12]);
    const square = Scope.root();
    samVisionEncoder(square, input('x', [1, 3, 1024, 1024]), vision_config);
    expect([...scope.parameters].map(([name, { shape }]) => [name, shape])).toEqual(
      [...square.parameters].map(([name, { shape }]) => [name, shape]),
    );
  });
});
