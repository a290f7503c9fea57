// The caption command: a photo in, a sentence out.
import { formatDuration } from '@darkroom/gpu-worker/models/hub-progress';
import { Phrase } from '@darkroom/shared/contracts/region';
import { CaptionRequest } from '@darkroom/shared/contracts/vision-request';
import type { PhotoCommand } from './photo-command.ts';
import {
  given,
  PHOTO_OPTIONS_HELP,
  type PhotoArguments,
  photoOptions,
  readNumber,
  readPhotoArguments,
  readWords,
  refuseMore,
  splitWords,
} from './photo-options.ts';

const HELP = `Usage: npm run caption -- <photo> [options]

  npm run caption -- photo.jpg

Prints a sentence that says what the photo shows.

Options
  --prompt "<words>"       how the sentence begins (default: the model's own way)
  --beams <n>              sentences that are followed at once, 1 = the likeliest next word each time (default: 3)
  --top-p <p>              draw each word among the likeliest that have this probability together, instead of
                           looking for the likeliest sentence (default: no chance)
  --seed <n>               seed of what is drawn (default: 0)
  --max-tokens <n>         most tokens of the sentence (default: 30)
${PHOTO_OPTIONS_HELP}`;

const OPTIONS = {
  ...photoOptions,
  prompt: { type: 'string' },
  beams: { type: 'string' },
  'top-p': { type: 'string' },
  seed: { type: 'string' },
  'max-tokens': { type: 'string' },
} as const;

const { beams: Beams, topP: TopP, seed: Seed, maxTokens: MaxTokens } = CaptionRequest.shape;

/** What the command was asked for. */
export interface CaptionArguments extends PhotoArguments {
  readonly prompt?: string;
  readonly beams?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly maxTokens?: number;
}

export const captionCommand: PhotoCommand<CaptionArguments, undefined> = {
  kind: 'caption',
  help: HELP,
  parse(words, place) {
    const { values, positionals } = splitWords(words, OPTIONS, [
      '--beams',
      '--top-p',
      '--seed',
      '--max-tokens',
    ]);
    if (values.help) return undefined;
    const [photo, ...more] = positionals;
    refuseMore(more);
    return {
      ...readPhotoArguments(photo, values, place),
      ...given({
        prompt: values.prompt === undefined ? undefined : readWords('--prompt', values.prompt, Phrase),
        beams: readNumber('--beams', values.beams, Beams.unwrap().optional()),
        topP: readNumber('--top-p', values['top-p'], TopP),
        seed: readNumber('--seed', values.seed, Seed),
        maxTokens: readNumber('--max-tokens', values['max-tokens'], MaxTokens.unwrap().optional()),
      }),
    };
  },
  prepare: async () => undefined,
  wish: ({ prompt, beams, topP, seed, maxTokens, model }) => ({
    prompt,
    beams,
    topP,
    seed,
    maxTokens,
    model,
  }),
  write: async () => [],
  tell({ result }, startedAtMs) {
    if (result?.kind !== 'caption') return {};
    const took = formatDuration(Date.now() - startedAtMs);
    return { out: `${result.caption}\n`, err: `score ${result.score.toFixed(2)}, ${took}\n` };
  },
};
