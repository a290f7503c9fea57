import { z } from 'zod';
import { answerSchema, answerTokens, rewriteMessages, rewriteRules } from './instructions.ts';
import type { Rewriter } from './rewrite.ts';

/** The part of the Workers AI binding that is used. */
export interface AiBinding {
  run(model: string, input: Record<string, unknown>): Promise<unknown>;
}

/** With a JSON schema asked for, some models answer an object, some its text. */
const Generation = z.object({ response: z.union([z.string(), z.record(z.string(), z.unknown())]) });

/** A rewriter behind a text model of Workers AI; the binding cannot be aborted, so a late answer is only dropped. */
export function workersAiRewriter({
  ai,
  model,
  canary,
}: {
  readonly ai: AiBinding;
  readonly model: string;
  readonly canary: string;
}): Rewriter {
  return {
    name: `workers-ai:${model}`,
    instructions: rewriteRules,
    canary,
    async rewrite(request, signal) {
      signal.throwIfAborted();
      const generation = await ai.run(model, {
        messages: rewriteMessages(request, canary),
        response_format: { type: 'json_schema', json_schema: answerSchema },
        temperature: 0,
        max_tokens: answerTokens,
      });
      const { response } = Generation.parse(generation);
      return typeof response === 'string' ? JSON.parse(response) : response;
    },
  };
}
