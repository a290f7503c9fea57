// What says in a sentence what a picture shows, whichever model does it.
import type { Raster } from '../image/raster.ts';

/** How a caption is looked for. */
export interface CaptionOptions {
  /** Words that it begins with. */
  readonly prompt?: string | undefined;
  /** Captions that are followed side by side; 1: the likeliest next token is taken. Default 3. */
  readonly beams?: number | undefined;
  /** Absent: the likeliest caption is looked for. Else each token is drawn among the likeliest that have this probability together. */
  readonly topP?: number | undefined;
  /** Of what is drawn; one seed gives one caption. Default 0. */
  readonly seed?: number | undefined;
  /** Most tokens, those of the prompt not counted. Default 30. */
  readonly maxTokens?: number | undefined;
}

/** A sentence about a picture. */
export interface Caption {
  readonly caption: string;
  /** Mean natural logarithm of the probabilities of its tokens: at most 0. */
  readonly score: number;
}

/** A model that captions pictures. */
export interface Captioner {
  /** Where the model lies. */
  readonly folder: string;
  /** @throws invalid_request when the prompt is too long for the model */
  caption(raster: Raster, options?: CaptionOptions): Promise<Caption>;
}
