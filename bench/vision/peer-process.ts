// The process of `Peer`: opens a model with transformers.js and encodes each picture that it is sent.
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { timed } from '../timing.ts';

interface Tensor {
  readonly data: Float32Array;
}

/** What is used of the package. */
interface Transformers {
  readonly env: { allowRemoteModels: boolean };
  readonly SamModel: { from_pretrained(folder: string, options: object): Promise<SamModel> };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => Tensor;
}

interface SamModel {
  readonly config: { readonly vision_config: { readonly image_size: number } };
  get_image_embeddings(inputs: object): Promise<{ readonly image_embeddings: Tensor }>;
}

// Whoever asked is gone; also where that happens while the model is opened.
process.on('disconnect', () => process.exit(0));

const [installed, folder] = process.argv.slice(2) as [string, string];
const requirePeer = createRequire(join(installed, 'package.json'));
const { env, SamModel, Tensor } = requirePeer('@huggingface/transformers') as Transformers;
env.allowRemoteModels = false;
const model = await SamModel.from_pretrained(folder, {
  dtype: 'fp32',
  device: 'cpu',
  // As many threads as this project's own sessions take.
  session_options: { intraOpNumThreads: availableParallelism(), logSeverityLevel: 3 },
});
const side = model.config.vision_config.image_size;

process.on('message', async (pixels: Float32Array) => {
  const pixel_values = new Tensor('float32', pixels, [1, 3, side, side]);
  const { value, ...time } = await timed(() => model.get_image_embeddings({ pixel_values }));
  process.send?.({ ...time, embedding: value.image_embeddings.data });
});
process.send?.('ready');
