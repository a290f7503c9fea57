/** What a client sees of the models that it may use. */
import { z } from 'zod';
import { Sha256 } from './image-ref.ts';
import { jobKinds } from './job-request.ts';

/** One model. */
export const ModelView = z.object({
  id: z.string().min(1).max(128).describe('Id of the model, as requests name it.'),
  kinds: z.array(z.enum(jobKinds)).describe('Kinds of job that it can run.'),
  isOnline: z.boolean().describe('Whether a worker that has it is connected; if not, its jobs wait.'),
  sha256: Sha256.nullable().describe('SHA-256 of its weights; null = not read yet.'),
});
export type ModelView = z.infer<typeof ModelView>;

/** All models that the caller may use. */
export const ModelList = z.object({ models: z.array(ModelView).describe('The models, by id.') });
export type ModelList = z.infer<typeof ModelList>;
