/** What rewriters are asked, what they may answer, and the port behind which they stand. */
import type { PictureKind } from '@darkroom/shared/contracts/job-request';
import { z } from 'zod';

/** Whose words the prompt must suit: our own edit model's, or those of a model that read the web. */
export type ModelFamily = 'embedded' | 'instruct-pix2pix' | 'stable-diffusion';

/** A prompt to reword, and what for. */
export interface RewriteRequest {
  /** Normalised. */
  readonly prompt: string;
  readonly kind: PictureKind;
  readonly family: ModelFamily;
}

/** What a rewriter answers; anything else is thrown away. */
export const RewriteAnswer = z.strictObject({
  prompt: z.string().trim().min(1).max(600).describe('The reworded prompt.'),
  negative: z
    .string()
    .trim()
    .max(200)
    .describe('What the picture should not show; empty or absent = nothing in particular.')
    .default(''),
  notes: z.array(z.string().trim().min(1).max(200)).max(8).describe('Why it was reworded, for the client.'),
});
export type RewriteAnswer = z.infer<typeof RewriteAnswer>;

/** Rewords prompts somewhere else; whatever it answers is checked by the caller. */
export interface Rewriter {
  /** Shown to the client beside the reworded prompt. */
  readonly name: string;
  /** Its own instructions, which no answer may repeat. */
  readonly instructions: string;
  /** A random word hidden in the instructions: an answer that holds it has leaked them. */
  readonly canary: string;
  /** @param signal aborted when the answer is no longer wanted */
  rewrite(request: RewriteRequest, signal: AbortSignal): Promise<unknown>;
}
