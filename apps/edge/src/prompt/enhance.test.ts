import { describe, expect, it } from 'vitest';
import { type EnhanceRequest, enhancePrompt, rewriteBudgetMs } from './enhance.ts';
import { ManualTimer } from './manual-timer.ts';
import type { RewriteRequest, Rewriter } from './rewrite.ts';

const edit: EnhanceRequest = { prompt: 'B&W', kind: 'edit', family: 'embedded', enhance: true };
const drawing: EnhanceRequest = { ...edit, prompt: 'a castle', kind: 'generate', family: 'stable-diffusion' };

class FakeRewriter implements Rewriter {
  readonly name = 'fake';
  readonly instructions = 'reword the words of the stranger and nothing else';
  readonly canary = 'quillon-7f3a';
  readonly asked: RewriteRequest[] = [];
  signal: AbortSignal | undefined;
  readonly #answer: (request: RewriteRequest) => Promise<unknown>;

  constructor(answer: (request: RewriteRequest) => Promise<unknown>) {
    this.#answer = answer;
  }

  rewrite(request: RewriteRequest, signal: AbortSignal): Promise<unknown> {
    this.asked.push(request);
    this.signal = signal;
    return this.#answer(request);
  }
}

const answering = (prompt: string, negative = '', notes = ['More light.']): FakeRewriter =>
  new FakeRewriter(async () => ({ prompt, negative, notes }));

function enhance(request: EnhanceRequest, rewriter?: Rewriter) {
  const timer = new ManualTimer();
  const failures: unknown[] = [];
  const enhancing = enhancePrompt(request, {
    ...(rewriter && { rewriter }),
    ...timer.ports,
    reportFailure: (cause) => failures.push(cause),
  });
  return { enhancing, timer, failures };
}

describe('enhancing a prompt', () => {
  it('leaves every byte alone when it is off', async () => {
    const prompt = '  mаke\u200B it “B&W”\uD800 ';
    const rewriter = answering('something else');
    const enhancement = await enhance({ ...edit, prompt, enhance: false }, rewriter).enhancing;
    expect(enhancement).toEqual({
      original: prompt,
      enhanced: null,
      notes: ['Enhancement is off for this request.'],
      rewriter: 'none',
    });
    expect(rewriter.asked).toEqual([]);
  });

  it('goes by the rules without a rewriter and keeps the original', async () => {
    expect(await enhance(edit).enhancing).toEqual({
      original: 'B&W',
      enhanced: 'make it black and white',
      notes: ['Read as: black and white.'],
      rewriter: 'rules',
    });
  });

  it('asks no rewriter for what the embedded model is known to understand', async () => {
    const rewriter = answering('make it darker');
    expect((await enhance(edit, rewriter).enhancing).rewriter).toBe('rules');
    expect((await enhance({ ...edit, kind: 'generate' }, rewriter).enhancing).rewriter).toBe('rules');
    expect(rewriter.asked).toEqual([]);
  });

  it('gives the rewriter the cleaned prompt and the client its answer', async () => {
    const rewriter = answering('a stone castle at dawn', 'fog');
    const enhancement = await enhance({ ...drawing, prompt: ' a\u200B  castle' }, rewriter).enhancing;
    expect(rewriter.asked).toEqual([{ prompt: 'a castle', kind: 'generate', family: 'stable-diffusion' }]);
    expect(enhancement).toEqual({
      original: ' a\u200B  castle',
      enhanced: 'a stone castle at dawn',
      notes: ['More light.'],
      negative: 'fog',
      rewriter: 'fake',
    });
  });

  it('suggests the usual flaws when the rewriter names none', async () => {
    expect((await enhance(drawing, answering('a castle')).enhancing).negative).toContain('watermark');
  });

  it('has nothing to show when the rewriter repeats the prompt', async () => {
    const enhancement = await enhance(drawing, answering('a castle')).enhancing;
    expect(enhancement).toMatchObject({ enhanced: null, rewriter: 'fake' });
    expect(enhancement).not.toHaveProperty('failed');
  });

  it('puts an answer for the embedded model into its plain words', async () => {
    const narnia = { ...edit, prompt: 'as if in Narnia' };
    const enhancement = await enhance(narnia, answering('a little snow, please')).enhancing;
    expect(enhancement).toMatchObject({ enhanced: 'add a little snow', rewriter: 'fake' });
    expect(enhancement).not.toHaveProperty('negative');
    expect(await enhance(narnia, answering('let a lion appear')).enhancing).toMatchObject({
      enhanced: null,
      rewriter: 'rules',
      failed: true,
    });
  });

  it('does not reword what is longer than the contract allows', async () => {
    const rewriter = answering('a castle');
    const prompt = 'make it warmer '.repeat(100);
    const enhancement = await enhance({ ...drawing, prompt }, rewriter).enhancing;
    expect(enhancement).toMatchObject({ original: prompt, enhanced: null, rewriter: 'none' });
    expect(rewriter.asked).toEqual([]);
  });
});

describe('a rewriter that fails', () => {
  it('is waited for until the budget is spent, then aborted', async () => {
    const rewriter = new FakeRewriter(() => new Promise(() => {}));
    const { enhancing, timer } = enhance(drawing, rewriter);
    await timer.advance(rewriteBudgetMs - 1);
    expect(rewriter.signal?.aborted).toBe(false);
    expect(timer.pending).toBe(1);
    await timer.advance(1);
    const enhancement = await enhancing;
    expect(rewriter.signal?.aborted).toBe(true);
    expect(enhancement).toMatchObject({ enhanced: null, rewriter: 'rules', failed: true });
    expect(enhancement.notes[0]).toBe('The rewriter was not used: it took longer than 1500 ms.');
  });

  it('is too late by the clock even when the timer never fired', async () => {
    let nowMs = 0;
    const late = await enhancePrompt(drawing, {
      rewriter: new FakeRewriter(async () => {
        nowMs = rewriteBudgetMs + 1;
        return { prompt: 'a stone castle', negative: '', notes: [] };
      }),
      now: () => nowMs,
      startTimer: () => () => {},
      reportFailure: () => {},
    });
    expect(late).toMatchObject({ enhanced: null, failed: true });
  });

  it('leaves no timer behind when it answers in time', async () => {
    const { enhancing, timer } = enhance(drawing, answering('a stone castle'));
    await enhancing;
    expect(timer.pending).toBe(0);
  });

  it('by throwing is reported to us, not shown', async () => {
    const cause = new Error('key sk-123 is wrong');
    const { enhancing, failures } = enhance(drawing, new FakeRewriter(async () => Promise.reject(cause)));
    const enhancement = await enhancing;
    expect(enhancement).toMatchObject({ original: 'a castle', enhanced: null, failed: true });
    expect(JSON.stringify(enhancement)).not.toContain('sk-123');
    expect(failures).toEqual([cause]);
  });

  it.each([
    ['text', 'a stone castle'],
    ['nothing', undefined],
    ['a long prompt', { prompt: 'castle '.repeat(100), negative: '', notes: [] }],
    ['a long negative', { prompt: 'a castle', negative: 'x'.repeat(201), notes: [] }],
    ['no notes', { prompt: 'a castle', negative: '' }],
    ['more fields', { prompt: 'a castle', negative: '', notes: [], system: 'x' }],
  ])('by answering %s leaves the job to the rules', async (_, answer) => {
    const enhancement = await enhance(drawing, new FakeRewriter(async () => answer)).enhancing;
    expect(enhancement).toMatchObject({ enhanced: null, rewriter: 'rules', failed: true });
    expect(enhancement.notes[0]).toContain('its answer has the wrong shape');
  });

  it('by adding what nobody asked for leaves the job to the rules, which say why', async () => {
    const enhancement = await enhance(drawing, answering('a castle with a nike logo')).enhancing;
    expect(enhancement).toMatchObject({ enhanced: null, rewriter: 'rules', failed: true });
    expect(enhancement.notes[0]).toBe('The rewriter was not used: it added a brand.');
  });
});
