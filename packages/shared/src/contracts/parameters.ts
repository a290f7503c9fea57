/** Fields that several contracts share; each says its meaning, its unit and what its absence means. */
import { z } from 'zod';
import { AssetId } from '../ids.ts';
import { schedulerPresetNames } from '../schedulers/presets.ts';

/** Says which kind of job a contract is for. */
export function kindOf<K extends string>(kind: K, meaning: string): z.ZodLiteral<K> {
  return z.literal(kind).describe(`Kind of job: ${meaning}.`);
}

/** Version of the job contracts; changes within it only add. */
export const version = z.literal(1).describe('Version of the contract; absent = 1.').default(1);

const Words = z.string().max(1000);

export const prompt = Words.regex(/\S/, 'expected words').describe(
  'What to make or to change, in words, 1 to 1000 characters; required.',
);

export const negativePrompt = Words.trim()
  .describe('What the picture should not show, up to 1000 characters; absent = nothing in particular.')
  .default('');

export const model = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/, 'expected name or owner/name')
  .max(128)
  .describe('Id of the model to use, name or owner/name; absent = the embedded model for this kind of job.')
  .optional();

export const enhance = z
  .boolean()
  .describe('Whether the prompt may be reworded to suit the model; absent = true.')
  .default(true);

/** How the denoising runs. */
export const sampling = {
  seed: z
    .int()
    .min(0)
    .describe('Seed of the noise, 0 to 2^53-1: the same seed gives the same picture; absent = a random one.')
    .optional(),
  steps: z
    .int()
    .min(1)
    .max(150)
    .describe('Number of denoising steps, 1 to 150; absent = the model’s own number.')
    .optional(),
  guidanceScale: z
    .number()
    .min(0)
    .max(30)
    .describe('How strongly the prompt steers, 0 to 30, 1 = no guidance; absent = the model’s own scale.')
    .optional(),
  scheduler: z.enum(schedulerPresetNames).describe('Sampling method; absent = the model’s own.').optional(),
};

/** What comes back. */
export const output = {
  count: z
    .int()
    .min(1)
    .max(8)
    .describe('Number of pictures, 1 to 8, each from its own noise; absent = 1.')
    .default(1),
  format: z.enum(['png', 'jpeg', 'webp']).describe('File type of the pictures; absent = png.').default('png'),
  quality: z
    .int()
    .min(1)
    .max(100)
    .describe('Compression quality of jpeg and webp, 1 to 100; png ignores it; absent = 90.')
    .default(90),
};

const side = z.int().min(64).max(2048).multipleOf(8);
export const width = side
  .describe('Width in pixels, 64 to 2048, a multiple of 8; absent = the model’s own width.')
  .optional();
export const height = side
  .describe('Height in pixels, 64 to 2048, a multiple of 8; absent = the model’s own height.')
  .optional();

export const image = AssetId.describe('The uploaded photo; required.');
export const mask = AssetId.describe(
  'The uploaded mask, of the photo’s size: white where the picture may change, black where it must not.',
);

export const imageGuidanceScale = z
  .number()
  .min(0)
  .max(10)
  .describe('How strongly the photo is kept, 0 to 10; absent = the model’s own scale.')
  .optional();

/** The share of the noise schedule that is run: 0 returns the photo, 1 starts from pure noise. */
export function strength(absent: number) {
  return z
    .number()
    .min(0)
    .max(1)
    .describe(`How far the picture may leave the photo, 0 (unchanged) to 1 (free); absent = ${absent}.`)
    .default(absent);
}

/** How long something can be asked to be kept: a minute to ten years. */
export const retentionSeconds = z
  .int()
  .min(60)
  .max(10 * 365 * 24 * 60 * 60)
  .describe(
    'Seconds until it is erased, from 60 on, and never longer than its project keeps anything; absent = as long as that.',
  );

/** What the platform does with a job; nothing of it reaches the model. */
export const handling = {
  priority: z
    .enum(['interactive', 'batch'])
    .describe('Whether someone waits: batch jobs let interactive ones pass; absent = interactive.')
    .default('interactive'),
  expiresInSeconds: z
    .int()
    .min(10)
    .max(86_400)
    .describe('Seconds until it expires, unbilled, if it has not ended, 10 to 86400; absent = 900.')
    .default(900),
  retentionSeconds: retentionSeconds.optional(),
};
