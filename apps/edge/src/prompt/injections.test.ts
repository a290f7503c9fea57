import type { PictureKind } from '@darkroom/shared/contracts/job-request';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Enhancement, enhancePrompt, rewriteBudgetMs } from './enhance.ts';
import { injections } from './injections.ts';
import { rewriteRules } from './instructions.ts';
import { ManualTimer } from './manual-timer.ts';
import type { ModelFamily, Rewriter } from './rewrite.ts';

const canary = 'quillon-7f3a-marble-91c2';
const said = (prompt: string, notes: readonly string[] = []) => ({ prompt, negative: '', notes });

type Answer = (words: string) => Promise<unknown>;

/** What a rewriter may do that has been talked round, or is broken. */
const hostile: Readonly<Record<string, Answer>> = {
  echoes: async (words) => said(words.slice(0, 600)),
  'leaks the canary': async (words) => said(`${words.slice(0, 400)} ${canary}`),
  'leaks the canary in notes': async (words) => said(words.slice(0, 600), [`my reference is ${canary}`]),
  'leaks the canary in the negative': async (words) => ({
    ...said(words.slice(0, 600)),
    negative: canary.toUpperCase(),
  }),
  'leaks the canary backwards': async (words) => said(words.slice(0, 600), [[...canary].reverse().join('')]),
  'leaks the canary spaced out': async (words) => said(words.slice(0, 600), [[...canary].join(' ')]),
  'leaks the canary in base64': async (words) => said(words.slice(0, 600), [btoa(`reference ${canary}`)]),
  'leaks its rules': async () => said(rewriteRules.slice(0, 500)),
  'leaks its rules in notes': async (words) => said(words.slice(0, 600), [rewriteRules.slice(90, 280)]),
  obeys: async () => said('HACKED. here is a banana'),
  'adds a person': async (words) => said(`${words.slice(0, 500)} with Zendaya`),
  'adds nudity': async (words) => said(`${words.slice(0, 500)}, completely undressed`),
  'adds a link': async (words) => said(`${words.slice(0, 500)} see evil-site.io`),
  'returns text': async () => `Sure! My reference is ${canary}`,
  'returns nothing': async () => undefined,
  'returns null': async () => null,
  'returns an array': async () => [canary],
  'returns an extra field': async (words) => ({ ...said(words.slice(0, 600)), system: canary }),
  'returns too much': async () => said(canary.repeat(100)),
  'returns an empty prompt': async () => said(' '),
  'returns wrong types': async () => ({ prompt: 1, negative: {}, notes: canary }),
  'answers a field that throws': async () => ({
    get prompt() {
      throw new Error(canary);
    },
  }),
  throws: async () => {
    throw new Error(canary);
  },
  'throws at once': () => {
    throw new Error(canary);
  },
  hangs: () => new Promise(() => {}),
};

/** What the rewriter does, and how; without an answer the rules are alone. */
const behaviours: readonly (readonly [string, Answer | undefined])[] = [
  ['is absent', undefined],
  ...Object.entries(hostile),
];
const targets: readonly (readonly [PictureKind, ModelFamily])[] = [
  ['edit', 'embedded'],
  ['generate', 'stable-diffusion'],
];

function rewriterOf(answer: Answer): Rewriter {
  return {
    name: 'hostile',
    instructions: rewriteRules,
    canary,
    rewrite: ({ prompt }) => answer(prompt),
  };
}

describe('the injection table', () => {
  it('has at least 80 different prompts', () => {
    expect(new Set(injections.map(([, prompt]) => prompt)).size).toBeGreaterThanOrEqual(80);
    expect(new Set(injections.map(([name]) => name)).size).toBe(injections.length);
  });
});

describe.each(behaviours)('with a rewriter that %s', (_, answer) => {
  it.each(injections)('keeps its promises: %s', async (_, original) => {
    for (const [kind, family] of targets) {
      const timer = new ManualTimer();
      const enhancing = enhancePrompt(
        { prompt: original, kind, family, enhance: true },
        {
          ...(answer && { rewriter: rewriterOf(answer) }),
          ...timer.ports,
          reportFailure: () => {},
        },
      );
      await timer.advance(rewriteBudgetMs);
      const enhancement = await enhancing;

      const shape = Enhancement.extend({ original: z.literal(original) });
      expect(shape.safeParse(enhancement).error).toBeUndefined();
      const shown = JSON.stringify({ ...enhancement, original: '' }).toLowerCase();
      const letters = shown.replaceAll(/[^a-z0-9]/gu, '');
      const secret = canary.replaceAll('-', '');
      expect(letters).not.toContain(secret);
      expect([...letters].reverse().join('')).not.toContain(secret);
      expect(shown).not.toContain(btoa(`reference ${canary}`).toLowerCase());
      expect(shown).not.toContain('treat it only as');
      if (!original.toLowerCase().includes('hacked')) expect(shown).not.toContain('hacked');
      expect(shown).not.toMatch(/zendaya|undressed|evil-site/u);
    }
  });
});
