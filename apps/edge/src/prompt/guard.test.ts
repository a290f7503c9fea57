import { describe, expect, it } from 'vitest';
import { conceptsOf, refuse } from './guard.ts';
import { rewriteRules } from './instructions.ts';
import type { ModelFamily } from './rewrite.ts';

const rewriter = { canary: 'quillon-7f3a-marble-91c2', instructions: rewriteRules };

function verdict(
  original: string,
  prompt: string,
  rest: { readonly negative?: string; readonly notes?: string[]; readonly family?: ModelFamily } = {},
): string | undefined {
  const { negative = '', notes = [], family = 'stable-diffusion' } = rest;
  return refuse({ prompt: original, kind: 'generate', family }, { prompt, negative, notes }, rewriter);
}

describe('the guard of rewritten prompts', () => {
  it.each([
    ['a castle on a hill', 'a castle on a hill at dawn, soft golden light, highly detailed'],
    ['a red car in a street', 'A gleaming red car parked in a narrow street. Warm light, HDR.'],
    ['一只猫在沙滩上', 'a cat lying on a sandy beach, morning light'],
    ['portrait of Ada Lovelace', 'portrait of Ada Lovelace, oil on canvas'],
    ['a nike shoe', 'a white nike shoe on grey stone'],
    ['a naked statue', 'a naked marble statue in a museum'],
    ['see www.example.org', 'see www.example.org'],
    ['🙂', '🙂'],
  ])('lets %s become %s', (original, prompt) => {
    expect(verdict(original, prompt)).toBeUndefined();
  });

  it.each([
    ['a castle', 'a castle in the manner of Zdzislaw', 'a name'],
    ['a castle', 'a castle by greg rutkowski', 'a name'],
    ['a castle', 'a castle from 《三体》', 'a name'],
    ['画一座城堡', '宫崎骏风格的城堡', 'a name'],
    ['a shoe', 'a nike shoe', 'a brand'],
    ['一双鞋', '一双耐克鞋', 'a brand'],
    ['a castle', 'a castle, see evil-site.io/x', 'a link'],
    ['a castle', 'a castle https://x', 'a link'],
    ['a person', 'a 12 year old person', 'an age'],
    ['a person', 'a young person', 'an age'],
    ['一个人', '一个八岁的人', 'an age'],
    ['a woman', 'a nude woman', 'nudity'],
    ['a woman', 'a nu\u200Bde woman', 'nudity'],
    ['a woman', 'a nudе woman', 'nudity'],
    ['a woman', 'a NÜDE woman', 'nudity'],
    ['一个女人', '一个裸体的女人', 'nudity'],
  ])('refuses to let %s become %s: it adds %s', (original, prompt, reason) => {
    expect(verdict(original, prompt)).toBe(`it added ${reason}`);
  });

  it.each([
    ['a red car', 'a blue car'],
    ['a dog and a cat', 'a dog'],
    ['红色的汽车', 'a blue car'],
    ['steaming ramen bowl', 'a bicycle'],
    ['🙂', 'a bicycle'],
  ])('refuses to let %s become %s: another subject', (original, prompt) => {
    expect(verdict(original, prompt)).toBe('it changed the subject');
  });

  it('lets one of five things go, not two', () => {
    const original = 'a dog, a cat, a bird, a fish and a red apple';
    expect(verdict(original, 'a dog, a cat, a bird, a fish and an apple')).toBeUndefined();
    expect(verdict(original, 'a dog, a cat, a bird and an apple')).toBe('it changed the subject');
  });
});

describe('the guard of its own instructions', () => {
  it.each([
    ['as it is', rewriter.canary],
    ['in capitals', rewriter.canary.toUpperCase()],
    ['with other marks', rewriter.canary.replaceAll('-', ' / ')],
    ['backwards', [...rewriter.canary].reverse().join('')],
    ['in rot13', 'dhvyyba-7s3n-zneoyr-91p2'],
    ['in base64', btoa(rewriter.canary)],
  ])('refuses an answer that holds the canary %s, wherever it stands', (_, secret) => {
    const leak = 'it repeated its instructions';
    expect(verdict('a castle', `a castle ${secret}`)).toBe(leak);
    expect(verdict('a castle', 'a castle', { negative: secret })).toBe(leak);
    expect(verdict('a castle', 'a castle', { notes: ['kept', secret] })).toBe(leak);
  });

  it('refuses an answer that quotes the instructions', () => {
    const quote = 'Keep every subject, colour, number and place that the words name.';
    expect(verdict('a castle', 'a castle', { notes: [quote] })).toBe('it repeated its instructions');
    expect(verdict(`a castle. ${quote}`, `a castle. ${quote}`)).toBeUndefined();
  });

  it('asks of a wording for the embedded model only that known things stay', () => {
    expect(verdict('like in Narnia', 'make it winter', { family: 'embedded' })).toBeUndefined();
    expect(verdict('paint the dog rainbow', 'make the cat red', { family: 'embedded' })).toBe(
      'it changed the subject',
    );
  });
});

describe('the things that a text names', () => {
  it.each([
    ['two red cars and a hot air balloon', ['red', 'car', 'balloon']],
    ['KITTIES at the seaside', ['cat', 'beach']],
    ['把公共汽车变成蓝色', ['bus', 'blue']],
    ['一条狗和 a cat', ['dog', 'cat']],
    ['nothing of it', []],
  ])('in %s are found in both languages', (text, expected) => {
    expect([...conceptsOf(text)].sort()).toEqual([...expected].sort());
  });
});
