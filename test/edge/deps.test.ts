import { createDeps } from '@darkroom/edge/deps';
import { parseVars } from '@darkroom/edge/env';
import { expect, test } from 'vitest';
import { testEnv } from './edge-app.ts';

const rewriterOf = (changes: object) =>
  createDeps({ ...testEnv, ...changes }, parseVars({ ...testEnv, ...changes })).rewriter?.name;
const model = '@cf/some/model';
const ai = { run: async () => ({}) };

test('prompts are reworded by rules alone, by a service or by the platform’s own model, as the variables say', () => {
  expect(rewriterOf({})).toBeUndefined();
  expect(rewriterOf({ REWRITER_MODEL: model, AI: ai })).toBe(`workers-ai:${model}`);
  expect(rewriterOf({ REWRITER_MODEL: model, REWRITER_URL: 'https://x.test/v1', AI: ai })).toContain(
    'openai',
  );
});

test.each([
  ['a service without its model', { REWRITER_URL: 'https://x.test/v1' }],
  ['a model without a service or a binding', { REWRITER_MODEL: model }],
])('%s is a mistake of the configuration', (_case, changes) => {
  expect(() => rewriterOf(changes)).toThrow(expect.objectContaining({ code: 'misconfigured' }));
});
