import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fastSamConfigOf } from '@darkroom/gpu-worker/models/fastsam/config';
import { declareFastSam } from '@darkroom/gpu-worker/models/fastsam/network';
import { describe, expect, it } from 'vitest';
import { type ManifestComparison, verifyManifests } from '../../verify/manifests.ts';

const folder = fileURLToPath(new URL('../manifests', import.meta.url));
const agreement = { extra: [], missing: [], misshapen: [], unrenamed: [] };

async function compareAll(path: string): Promise<Record<string, ManifestComparison>> {
  const comparisons: Record<string, ManifestComparison> = {};
  for await (const report of verifyManifests(path)) {
    if (report.kind === 'failed') throw report.error;
    if (report.kind === 'compared') comparisons[report.manifest] = report.comparison;
  }
  return comparisons;
}

describe('weights that the networks ask for', () => {
  it('are those of the real checkpoints, by name and shape', async () => {
    expect(await compareAll(folder)).toEqual({
      blip_image_captioning_base: { tensors: 472, elements: 247_414_076, ...agreement },
      clip_vit_l14: { tensors: 590, elements: 427_616_513, ...agreement },
      clip_vit_l14_text: { tensors: 196, elements: 123_060_480, ...agreement },
      instruct_pix2pix_unet: { tensors: 686, elements: 859_532_484, ...agreement },
      sam_vit_b: { tensors: 314, elements: 93_735_728, ...agreement },
      sam_vit_h: { tensors: 594, elements: 641_090_864, ...agreement },
      sam_vit_l: { tensors: 482, elements: 312_343_088, ...agreement },
      owlvit_base_patch32: { tensors: 412, elements: 153_231_879, ...agreement },
      sd15_inpaint_unet: { tensors: 686, elements: 859_535_364, ...agreement },
      sd15_unet: { tensors: 686, elements: 859_520_964, ...agreement },
      sd_vae: { tensors: 248, elements: 83_653_863, ...agreement },
    });
  });

  it('of FastSAM are listed from its configuration, the counters of its norms left out', async () => {
    const config = fastSamConfigOf('x');
    const shapes = [...declareFastSam(config)].map(([name, { shape }]) => [name, shape] as const);
    const counters = shapes
      .filter(([name]) => name.endsWith('.running_var'))
      .map(([name]) => [name.replace('running_var', 'num_batches_tracked'), []] as const);
    const state_dict = Object.fromEntries([...shapes, ...counters]);
    const made = await mkdtemp(join(tmpdir(), 'manifest-'));
    try {
      const manifest = { source: 'made here', tensors: 0, elements: 0, config, state_dict };
      await writeFile(join(made, 'fastsam_x.json'), JSON.stringify(manifest));
      const { 'model.22.dfl.conv.weight': _, ...others } = state_dict;
      const smaller = { ...manifest, state_dict: { ...others, 'model.0.bn.scale': [80] } };
      await writeFile(join(made, 'fastsam_y.json'), JSON.stringify(smaller));
      expect(await compareAll(made)).toEqual({
        fastsam_x: { tensors: 551, elements: 72_294_821, ...agreement },
        fastsam_y: {
          tensors: 551,
          elements: 72_294_821,
          ...agreement,
          missing: ['model.22.dfl.conv.weight'],
          extra: ['model.0.bn.scale'],
        },
      });
    } finally {
      await rm(made, { recursive: true });
    }
  });

  it('are reported where they differ from a checkpoint', async () => {
    const manifest = JSON.parse(await readFile(join(folder, 'sd_vae.json'), 'utf8'));
    const { 'quant_conv.bias': _, ...kept } = manifest.state_dict;
    const state_dict = { ...kept, 'decoder.conv_out.bias': [4], stranger: [1] };
    const altered = await mkdtemp(join(tmpdir(), 'manifest-'));
    try {
      await writeFile(join(altered, 'vae.json'), JSON.stringify({ ...manifest, state_dict }));
      expect((await compareAll(altered))['vae']).toMatchObject({
        extra: ['stranger'],
        missing: ['quant_conv.bias'],
        misshapen: ['decoder.conv_out.bias is [4], asked for as [3]'],
      });
    } finally {
      await rm(altered, { recursive: true });
    }
  });
});
