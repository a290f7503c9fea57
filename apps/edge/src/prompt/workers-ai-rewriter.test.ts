import { describe, expect, it } from 'vitest';
import { answerSchema } from './instructions.ts';
import type { RewriteRequest } from './rewrite.ts';
import { workersAiRewriter } from './workers-ai-rewriter.ts';

const request: RewriteRequest = { prompt: 'a castle', kind: 'generate', family: 'stable-diffusion' };
const answer = { prompt: 'a stone castle', negative: '', notes: [] };
const unaborted = (): AbortSignal => new AbortController().signal;

function bindingAnswering(generation: unknown) {
  const asked: { readonly model: string; readonly input: Record<string, unknown> }[] = [];
  const ai = {
    run: async (model: string, input: Record<string, unknown>) => {
      asked.push({ model, input });
      return generation;
    },
  };
  return { asked, rewriter: workersAiRewriter({ ai, model: '@cf/some/model', canary: 'quillon-7f3a' }) };
}

describe('a rewriter behind Workers AI', () => {
  it.each([
    ['an object', answer],
    ['text', JSON.stringify(answer)],
  ])('reads an answer that is %s', async (_, response) => {
    const { asked, rewriter } = bindingAnswering({ response, usage: { total_tokens: 9 } });
    expect(await rewriter.rewrite(request, unaborted())).toEqual(answer);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.model).toBe('@cf/some/model');
    expect(asked[0]?.input).toMatchObject({
      response_format: { type: 'json_schema', json_schema: answerSchema },
      messages: [
        { role: 'system', content: expect.stringContaining('quillon-7f3a') },
        { role: 'user', content: JSON.stringify({ task: 'generate', words: 'a castle' }) },
      ],
    });
    expect(asked[0]?.input).not.toHaveProperty('tools');
  });

  it.each([
    ['nothing', undefined],
    ['no response', { result: 'x' }],
    ['text that is no JSON', { response: 'Sure! Here is' }],
  ])('rejects %s', async (_, generation) => {
    await expect(bindingAnswering(generation).rewriter.rewrite(request, unaborted())).rejects.toThrow();
  });

  it('does not start once it is aborted', async () => {
    const { asked, rewriter } = bindingAnswering({ response: answer });
    await expect(rewriter.rewrite(request, AbortSignal.abort())).rejects.toThrow();
    expect(asked).toEqual([]);
  });
});
