// Names and shapes of the weights that each network asks for, against the tensor lists of real checkpoints.
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AutoencoderKlConfig } from '@darkroom/gpu-worker/models/autoencoder-kl';
import { BlipConfig } from '@darkroom/gpu-worker/models/blip/config';
import { declareBlip, tiedBlipCopy } from '@darkroom/gpu-worker/models/blip/declare-blip';
import { renameLegacyAttention } from '@darkroom/gpu-worker/models/checkpoint';
import { ClipConfig, declareClip } from '@darkroom/gpu-worker/models/clip';
import { ClipTextConfig } from '@darkroom/gpu-worker/models/clip-text';
import {
  type DeclaredWeights,
  declareAutoencoderKl,
  declareClipText,
  declareUnet,
} from '@darkroom/gpu-worker/models/declare-weights';
import { FastSamConfig } from '@darkroom/gpu-worker/models/fastsam/config';
import { declareFastSam } from '@darkroom/gpu-worker/models/fastsam/network';
import { declareOwlvit, OwlvitConfig } from '@darkroom/gpu-worker/models/owlvit';
import { declareSam } from '@darkroom/gpu-worker/models/sam/declare-sam';
import { tiedSamCopy } from '@darkroom/gpu-worker/models/sam/tensor-names';
import { UnetConfig } from '@darkroom/gpu-worker/models/unet-config';
import { sizeOf } from '@darkroom/graph/shape';
import { z } from 'zod';
import { clipVitL14 } from './clip.ts';
import { publishedSam } from './sam.ts';

/** The tensors of a checkpoint and the configuration that its network has. */
const Manifest = z.object({
  source: z.string(),
  tensors: z.int(),
  elements: z.int(),
  config: z.record(z.string(), z.unknown()).nullable(),
  state_dict: z.record(z.string(), z.array(z.int())),
});
type Manifest = z.infer<typeof Manifest>;

/** What the builder and the checkpoint disagree about; all empty when they agree. */
export interface ManifestComparison {
  readonly tensors: number;
  readonly elements: number;
  /** In the checkpoint, not asked for. */
  readonly extra: readonly string[];
  /** Asked for, not in the checkpoint. */
  readonly missing: readonly string[];
  readonly misshapen: readonly string[];
  /** Old spellings of names that the loader would not recognise. */
  readonly unrenamed: readonly string[];
}

export type ManifestReport =
  | { readonly kind: 'compared'; readonly manifest: string; readonly comparison: ManifestComparison }
  | { readonly kind: 'failed'; readonly manifest: string; readonly error: unknown }
  | { readonly kind: 'unknown'; readonly manifest: string };

/** Networks by what a manifest's name says; the first that fits counts. */
const builders: readonly (readonly [pattern: RegExp, declare: (config: unknown) => DeclaredWeights])[] = [
  [/^fastsam/, (config) => declareFastSam(FastSamConfig.parse(config))],
  [/^blip_image_captioning/, (config) => declareBlip(BlipConfig.parse(config))],
  [/owlvit/, (config) => declareOwlvit(OwlvitConfig.parse(config))],
  [/unet/, (config) => declareUnet(UnetConfig.parse(config))],
  [/vae/, (config) => declareAutoencoderKl(AutoencoderKlConfig.parse(config))],
  [/^sam_vit/, (config) => declareSam(publishedSam(config))],
  [/clip.*_text$/, (config) => declareClipText(ClipTextConfig.parse(config))],
  [/clip_vit_l14$/, (config) => declareClip(ClipConfig.parse({ ...clipVitL14, ...Object(config) }))],
];

/** Buffers, counters and copies that are not weights of their own. */
const savedBuffer = new RegExp(
  `(^|\\.)(position_ids|num_batches_tracked)$|${tiedSamCopy.source}|${tiedBlipCopy.source}`,
);

/** Compares every `*.json` of `folder`, or the file `folder` itself. */
export async function* verifyManifests(folder: string): AsyncGenerator<ManifestReport> {
  for (const file of await manifestFiles(folder)) {
    const name = basename(file, '.json');
    const declare = builders.find(([pattern]) => pattern.test(name))?.[1];
    if (!declare) {
      yield { kind: 'unknown', manifest: name };
      continue;
    }
    try {
      const manifest = Manifest.parse(JSON.parse(await readFile(file, 'utf8')));
      yield {
        kind: 'compared',
        manifest: name,
        comparison: compareManifest(manifest, declare(manifest.config ?? {})),
      };
    } catch (error) {
      yield { kind: 'failed', manifest: name, error };
    }
  }
}

/** True when builder and checkpoint agree about every tensor. */
export function agrees({ extra, missing, misshapen, unrenamed }: ManifestComparison): boolean {
  return [extra, missing, misshapen, unrenamed].every((list) => list.length === 0);
}

function compareManifest(manifest: Manifest, declared: DeclaredWeights): ManifestComparison {
  const stored = Object.entries(manifest.state_dict).filter(([name]) => !savedBuffer.test(name));
  const names = new Set(stored.map(([name]) => name));
  const misshapen = stored.flatMap(([name, shape]) => {
    const asked = declared.get(name)?.shape;
    return asked === undefined || String(asked) === String(shape)
      ? []
      : [`${name} is [${shape.join(', ')}], asked for as [${asked.join(', ')}]`];
  });
  return {
    tensors: declared.size,
    elements: [...declared.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    extra: [...names].filter((name) => !declared.has(name)),
    missing: [...declared.keys()].filter((name) => !names.has(name)),
    misshapen,
    unrenamed: [...names].filter((name) => renameLegacyAttention(legacyName(name)) !== name),
  };
}

/** How diffusers before 0.13 spelled the attention of AutoencoderKL's middle block. */
function legacyName(name: string): string {
  const match = /^((?:en|de)coder\.mid_block\.attentions\.\d+\.)(to_q|to_k|to_v|to_out\.0)(\..*)$/.exec(name);
  if (!match) return name;
  const [, block, part, kind] = match as unknown as [string, string, string, string];
  const old: Readonly<Record<string, string>> = {
    to_q: 'query',
    to_k: 'key',
    to_v: 'value',
    'to_out.0': 'proj_attn',
  };
  return `${block}${old[part]}${kind}`;
}

async function manifestFiles(folder: string): Promise<string[]> {
  if (folder.endsWith('.json')) return [folder];
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  if (files.length === 0) throw new TypeError(`${folder}: expected *.json manifests, found none`);
  return files.map((name) => join(folder, name));
}
