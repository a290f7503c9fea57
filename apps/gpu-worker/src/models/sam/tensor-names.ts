// Names of Segment Anything tensors: the original release's, in the spelling of transformers' `SamModel`.

/** A tensor that only the original release's files hold. */
const originalMark = /^image_encoder\.patch_embed\./;

/** A copy of the positional encoding that transformers saved a second time. */
export const tiedSamCopy: RegExp = /^prompt_encoder\.shared_embedding\.positional_embedding$/;

/** Whether a checkpoint's names are those of the original release. */
export function hasOriginalSamNames(names: Iterable<string>): boolean {
  for (const name of names) if (originalMark.test(name)) return true;
  return false;
}

const parts: readonly (readonly [original: RegExp, name: string])[] = [
  [/^image_encoder\.patch_embed\.proj\./, 'vision_encoder.patch_embed.projection.'],
  [/^image_encoder\.blocks\.(\d+)\.norm([12])\./, 'vision_encoder.layers.$1.layer_norm$2.'],
  [/^image_encoder\.blocks\./, 'vision_encoder.layers.'],
  [/^image_encoder\.neck\.0\./, 'vision_encoder.neck.conv1.'],
  [/^image_encoder\.neck\.1\./, 'vision_encoder.neck.layer_norm1.'],
  [/^image_encoder\.neck\.2\./, 'vision_encoder.neck.conv2.'],
  [/^image_encoder\.neck\.3\./, 'vision_encoder.neck.layer_norm2.'],
  [/^image_encoder\./, 'vision_encoder.'],
  [
    /^prompt_encoder\.pe_layer\.positional_encoding_gaussian_matrix$/,
    'shared_image_embedding.positional_embedding',
  ],
  [/^prompt_encoder\.point_embeddings\./, 'prompt_encoder.point_embed.'],
  [/^prompt_encoder\.mask_downscaling\.0\./, 'prompt_encoder.mask_embed.conv1.'],
  [/^prompt_encoder\.mask_downscaling\.1\./, 'prompt_encoder.mask_embed.layer_norm1.'],
  [/^prompt_encoder\.mask_downscaling\.3\./, 'prompt_encoder.mask_embed.conv2.'],
  [/^prompt_encoder\.mask_downscaling\.4\./, 'prompt_encoder.mask_embed.layer_norm2.'],
  [/^prompt_encoder\.mask_downscaling\.6\./, 'prompt_encoder.mask_embed.conv3.'],
  [
    /^mask_decoder\.transformer\.layers\.(\d+)\.norm([1-4])\./,
    'mask_decoder.transformer.layers.$1.layer_norm$2.',
  ],
  [/^mask_decoder\.transformer\.norm_final_attn\./, 'mask_decoder.transformer.layer_norm_final_attn.'],
  [/^mask_decoder\.output_upscaling\.0\./, 'mask_decoder.upscale_conv1.'],
  [/^mask_decoder\.output_upscaling\.1\./, 'mask_decoder.upscale_layer_norm.'],
  [/^mask_decoder\.output_upscaling\.3\./, 'mask_decoder.upscale_conv2.'],
  [
    /^(mask_decoder\.output_hypernetworks_mlps\.\d+|mask_decoder\.iou_prediction_head)\.layers\.0\./,
    '$1.proj_in.',
  ],
  [
    /^(mask_decoder\.output_hypernetworks_mlps\.\d+|mask_decoder\.iou_prediction_head)\.layers\.1\./,
    '$1.layers.0.',
  ],
  [
    /^(mask_decoder\.output_hypernetworks_mlps\.\d+|mask_decoder\.iou_prediction_head)\.layers\.2\./,
    '$1.proj_out.',
  ],
];

/** A name of the original release in today's spelling; a name that is the same in both is unchanged. */
export function renameOriginalSam(name: string): string {
  const part = parts.find(([original]) => original.test(name));
  return part ? name.replace(...part) : name;
}
