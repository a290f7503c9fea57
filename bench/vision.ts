// Models that look at pictures: how fast they are, and beside whom.
import { benchClicks, type ClickFigures } from './vision/clicks.ts';
import { benchEncoder, type EncoderFigures } from './vision/encoder.ts';

/** What the vision benchmark measured; without embedded weights that segment there are no clicks. */
export type VisionFigures = EncoderFigures & Partial<ClickFigures>;

/** What is compared, for `--help`. */
export const visionDetails = `vision compares Segment Anything's image encoder in size B (1024 × 1024 pixels, random weights, float32) as this project
builds it with the same weights in @huggingface/transformers: the model is written to ONNX node by node as its public exports
have it, opened by SamModel.from_pretrained and asked by get_image_embeddings, in a process of its own, on the same release
of ONNX Runtime and with as many threads. Both run in turn and must give the same numbers. The package is installed below the
system's temporary folder when it is first needed. Clicks are timed from a photo of 2 megapixels in memory to a mask of its
size, with the weights in weights/segment.`;

/** Needs 4 GB of memory and some minutes. */
export async function benchVision(): Promise<VisionFigures> {
  const clicks = await benchClicks();
  if (!clicks) console.error('  no clicks: weights/segment is not there');
  return { ...(await benchEncoder()), ...clicks };
}
