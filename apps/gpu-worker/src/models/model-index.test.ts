import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readModelIndex, requireComponent } from './model-index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-index-'));
});
afterAll(() => rm(folder, { recursive: true }));

const write = (index: unknown): Promise<void> =>
  writeFile(join(folder, 'model_index.json'), JSON.stringify(index));

it('lists the components with class and folder, and keeps other fields as options', async () => {
  await write({
    _class_name: 'StableDiffusionPipeline',
    _diffusers_version: '0.25.1',
    unet: ['diffusers', 'UNet2DConditionModel'],
    safety_checker: [null, null],
    requires_safety_checker: false,
  });
  expect(await readModelIndex(folder)).toEqual({
    folder,
    className: 'StableDiffusionPipeline',
    components: new Map([
      [
        'unet',
        {
          name: 'unet',
          library: 'diffusers',
          className: 'UNet2DConditionModel',
          folder: join(folder, 'unet'),
        },
      ],
    ]),
    options: { _diffusers_version: '0.25.1', requires_safety_checker: false },
  });
});

it('says which component is missing, from the index or from the disk', async () => {
  await write({ _class_name: 'P', unet: ['diffusers', 'U'], vae: ['diffusers', 'V'] });
  const index = await readModelIndex(folder);
  await expect(requireComponent(index, 'text_encoder')).rejects.toMatchObject({
    code: 'model_not_found',
    message: expect.stringContaining('P has no component "text_encoder" (it has unet, vae)'),
  });
  await expect(requireComponent(index, 'unet')).rejects.toThrow(/component "unet" \(U\) has no folder/);
  await mkdir(join(folder, 'unet'));
  expect((await requireComponent(index, 'unet')).className).toBe('U');
});

it.each([
  [{}, /_class_name/],
  [{ _class_name: 'P', unet: ['diffusers'] }, /expected \[library, class\].*got \["diffusers"\][\s\S]*unet/],
  [{ _class_name: 'P', unet: [null, 'U'] }, /unet/],
  [[], /object/],
])('refuses %j', async (index, message) => {
  await write(index);
  const fault = { code: 'model_corrupt', message: expect.stringMatching(message) };
  await expect(readModelIndex(folder)).rejects.toMatchObject(fault);
});
