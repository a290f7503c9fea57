/** Runs the frozen detector over pictures as the captioner will. */
import { join } from 'node:path';
import { flattenAlpha, type Raster } from '@darkroom/gpu-worker/image/raster';
import type { BlipDetectorConfig } from '@darkroom/gpu-worker/models/blip/config';
import { detectorCells } from '@darkroom/gpu-worker/models/blip/detector-vision';
import { CenternetConfig } from '@darkroom/gpu-worker/models/centernet/config';
import { loadParameters, readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { PictureTensorConfig, pictureTensor } from '@darkroom/gpu-worker/vision/picture-tensor';
import { Scope } from '@darkroom/graph/layers/scope';
import { graphOf, input, type Value } from '@darkroom/graph/value';
import type { CellNumbers } from './packed-cells.ts';

/** Where the detector's weights are in the captioner's file. */
const frozenPrefix = 'vision_model.detector.';

/** `preprocessor_config.json` of the captioner: the whole picture squeezed into the square, bytes as they are. */
export function preprocessing({ image_size: side }: BlipDetectorConfig) {
  return {
    size: { height: side, width: side },
    resample: 2,
    rescale_factor: 1,
    image_mean: [0, 0, 0],
    image_std: [1, 1, 1],
  };
}

/** @param folder the detector's, such as weights/detect */
export function readDetectorConfig(folder: string): Promise<CenternetConfig> {
  return readConfig(folder, CenternetConfig);
}

/** A frozen weight of the captioner. */
export interface FrozenWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The detector's weights under the names that they have in the captioner; those of its box head are left out. */
export async function readFrozen(
  folder: string,
  config: BlipDetectorConfig,
): Promise<Map<string, FrozenWeight>> {
  const scope = Scope.root();
  buildCells(scope, config);
  const frozen = [...scope.parameters].map(([name, value]): [string, Value] => [
    name.slice(frozenPrefix.length),
    value,
  ]);
  const weights = await loadParameters(join(folder, 'model.safetensors'), new Map(frozen), {
    ignore: /^sides\./,
  });
  return new Map(
    frozen.map(([name, { shape }]) => [
      frozenPrefix + name,
      { shape, data: weights.get(name) as Float32Array },
    ]),
  );
}

function buildCells(scope: Scope, config: BlipDetectorConfig): ReturnType<typeof detectorCells> {
  const { image_size: side } = config;
  return detectorCells(scope, input('pixels', [1, 3, side, side]), config);
}

/** Reads one picture after another. */
export class CellReader implements AsyncDisposable {
  readonly #session: Session;
  readonly #preprocessor: PictureTensorConfig;

  private constructor(session: Session, config: BlipDetectorConfig) {
    this.#session = session;
    this.#preprocessor = PictureTensorConfig.parse(preprocessing(config));
  }

  static async open(folder: string, config: BlipDetectorConfig): Promise<CellReader> {
    const frozen = await readFrozen(folder, config);
    const weights = new Map([...frozen].map(([name, { data }]) => [name, data]));
    const { features, peaks, colours } = buildCells(Scope.root(), config);
    const session = await Session.compile(graphOf({ features, peaks, colours }), { weights });
    return new CellReader(session, config);
  }

  async read(raster: Raster): Promise<CellNumbers> {
    const { pixels } = pictureTensor(flattenAlpha(raster), this.#preprocessor);
    const cells = await this.#session.run<keyof CellNumbers>({ pixels });
    return cells as CellNumbers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}
