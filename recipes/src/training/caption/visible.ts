/** Which compositions are worth learning from. */
import { cellCount } from '@darkroom/gpu-worker/models/blip/detector-vision';
import { type CaptionNetwork, cellWidths } from './network.ts';
import { nounOfStored } from './nouns.ts';
import type { SeenPicture } from './shards.ts';

/** A peak as it is packed: a quarter of a byte's range. */
const leastPeak = 64;

/**
 * Whether the detector saw everything that was laid over a picture. Of drawings it often sees nothing, and a captioner that is
 * to name them learns to name what is not there.
 */
export function isVisible({ facts, cells }: SeenPicture, { vision_config: vision }: CaptionNetwork): boolean {
  const { labels } = vision.detector_config;
  const start = cellCount(vision) * cellWidths(vision).features;
  const peaks = cells.subarray(start, start + cellCount(vision) * labels.length);
  return facts.things.every(({ stored }) => {
    const label = nounOfStored(stored)?.label;
    const column = label === undefined ? -1 : labels.indexOf(label);
    return column >= 0 && peaks.some((peak, i) => i % labels.length === column && peak >= leastPeak);
  });
}
