import { AppError } from '@darkroom/shared/errors';
import { z } from 'zod';
import { answerSchema, answerTokens, rewriteMessages, rewriteRules } from './instructions.ts';
import type { Rewriter } from './rewrite.ts';

/** Where a chat endpoint is, and who asks. */
export interface OpenAiRewriterOptions {
  /** Base address, as clients are configured with it: `https://host/v1`. */
  readonly baseUrl: string;
  /** Absent = the endpoint asks for none. */
  readonly apiKey?: string;
  readonly model: string;
  readonly canary: string;
  readonly fetch: typeof fetch;
}

const Completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
});

/** A rewriter behind any endpoint that speaks OpenAI's chat completions. */
export function openAiRewriter(options: OpenAiRewriterOptions): Rewriter {
  const { baseUrl, apiKey, model, canary } = options;
  const url = `${baseUrl.replace(/\/+$/u, '')}/chat/completions`;
  return {
    name: `openai:${model}`,
    instructions: rewriteRules,
    canary,
    async rewrite(request, signal) {
      const answer = await options.fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
        },
        body: JSON.stringify({
          model,
          messages: rewriteMessages(request, canary),
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'rewrite', strict: true, schema: answerSchema },
          },
          temperature: 0,
          max_tokens: answerTokens,
        }),
        // A redirect would carry the key to an address that nobody configured.
        redirect: 'manual',
        signal,
      });
      if (!answer.ok) {
        await answer.body?.cancel();
        throw new AppError('unavailable', { message: `expected a completion, got status ${answer.status}` });
      }
      const [choice] = Completion.parse(await answer.json()).choices;
      return JSON.parse(choice?.message.content ?? '');
    },
  };
}
