/** How the edge tells of a failure: RFC 9457 problem details with our extensions. */
import { z } from 'zod';
import { errorCodes } from '../errors.ts';

export const Problem = z.object({
  type: z
    .templateLiteral(['urn:darkroom:problem:', z.enum(errorCodes)])
    .describe('Name of the kind of failure.'),
  title: z.string().max(200).describe('The kind of failure in words.'),
  status: z.int().min(400).max(599).describe('HTTP status of the answer.'),
  detail: z
    .string()
    .max(10_000)
    .describe('What was expected and what came; absent where it would tell of our insides.')
    .optional(),
  code: z.enum(errorCodes).describe('Code from the closed error table.'),
  requestId: z.string().max(255).describe('Id of the request, to name it to support.'),
  retryable: z.boolean().describe('Whether the same request may succeed later.'),
  details: z
    .record(z.string(), z.unknown())
    .describe('Machine-readable facts about the failure; absent = none.')
    .optional(),
});
export type Problem = z.infer<typeof Problem>;
