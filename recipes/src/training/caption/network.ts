/** The embedded captioner: BLIP's text decoder, small, on what the published CenterNet sees. */
import { BlipConfig, type BlipDetectorConfig } from '@darkroom/gpu-worker/models/blip/config';
import { type DetectorCells, detectorStates } from '@darkroom/gpu-worker/models/blip/detector-vision';
import { blipLogits, captionLoss } from '@darkroom/gpu-worker/models/blip/text-decoder';
import type { CenternetConfig } from '@darkroom/gpu-worker/models/centernet/config';
import { Scope } from '@darkroom/graph/layers/scope';
import { input, type Value } from '@darkroom/graph/value';

/** A captioner whose vision part is a detector. */
export type CaptionNetwork = BlipConfig & { readonly vision_config: BlipDetectorConfig };

const width = 128;
const heads = 4;

/**
 * The embedded model's sizes.
 * @param words entries of the vocabulary file; the mark that begins captions comes after them, as in BLIP
 */
export function captionNetwork(
  detector: CenternetConfig,
  { words, end }: Record<'words' | 'end', number>,
): CaptionNetwork {
  const config = BlipConfig.parse({
    text_config: {
      vocab_size: words + 1,
      hidden_size: width,
      intermediate_size: 384,
      num_hidden_layers: 2,
      num_attention_heads: heads,
      max_position_embeddings: 80,
      bos_token_id: words,
      sep_token_id: end,
    },
    vision_config: {
      model_type: 'centernet',
      hidden_size: width,
      intermediate_size: 256,
      num_hidden_layers: 1,
      num_attention_heads: heads,
      image_size: 384,
      detector_config: detector,
    },
  });
  return config as CaptionNetwork;
}

/** Numbers of one cell, in this order: features, class peaks, colours. */
export function cellWidths({
  detector_config: detector,
}: BlipDetectorConfig): Record<keyof DetectorCells, number> {
  const { last_channels: features } = detector.backbone_config;
  return { features, peaks: detector.labels.length, colours: 12 };
}

/** Sizes of a batch. */
export interface CaptionBatchShape {
  readonly batch: number;
  /** Tokens of a caption, both marks included. */
  readonly length: number;
  readonly cells: number;
}

/** The loss to minimise, and what is trained. */
export interface CaptionTraining {
  readonly loss: Value;
  readonly parameters: ReadonlyMap<string, Value>;
}

/**
 * Inputs: what the detector says about each picture, `features`, `peaks` and `colours` [B, cells, …]; `ids` [B, length]; and
 * `weights` [B, length - 1], 1 for each token that is to be foretold.
 */
export function captionTraining(
  { batch, length, cells }: CaptionBatchShape,
  network: CaptionNetwork,
): CaptionTraining {
  const scope = Scope.root();
  const widths = cellWidths(network.vision_config);
  const seen = {
    features: input('features', [batch, cells, widths.features]),
    peaks: input('peaks', [batch, cells, widths.peaks]),
    colours: input('colours', [batch, cells, widths.colours]),
  };
  const ids = input('ids', [batch, length], 'int64');
  const picture = detectorStates(scope, seen, network.vision_config);
  const logits = blipLogits(scope, ids, picture, network.text_config);
  const loss = captionLoss(logits, ids, input('weights', [batch, length - 1]));
  return { loss, parameters: scope.parameters };
}
