/** Decides what becomes of a prompt: the client's words are always kept, and nothing that goes wrong here stops a job. */
import { PromptPair } from '@darkroom/shared/contracts/job';
import { z } from 'zod';
import { refuse } from './guard.ts';
import { normalisePrompt } from './normalise.ts';
import { RewriteAnswer, type RewriteRequest, type Rewriter } from './rewrite.ts';
import { type RuleRewrite, rewriteByRules } from './rules.ts';

/** Milliseconds that a rewriter has before the job goes on without it. */
export const rewriteBudgetMs = 1500;

/** What became of a prompt, and why. */
export const Enhancement = z.strictObject({
  ...PromptPair.shape,
  notes: z.array(z.string().min(1).max(200)).max(10).describe('Why the prompt was reworded, or was not.'),
  negative: z
    .string()
    .min(1)
    .max(200)
    .describe('What the picture should not show, unless the client says it; absent = nothing in particular.')
    .optional(),
  rewriter: z.string().min(1).max(200).describe('Who decided: none, rules, or the name of a rewriter.'),
  failed: z
    .literal(true)
    .describe('The rewriter failed, came late or was refused, and the rules decided; absent = it did not.')
    .optional(),
});
export type Enhancement = z.infer<typeof Enhancement>;

/** A request whose prompt is the client's own words. */
export interface EnhanceRequest extends RewriteRequest {
  readonly enhance: boolean;
}

/** What the policy needs from outside. */
export interface EnhanceDeps {
  /** Absent = the rules alone. */
  readonly rewriter?: Rewriter;
  readonly now: () => number;
  /** Calls back after so many milliseconds, unless what it returns is called before. */
  readonly startTimer: (callback: () => void, delayMs: number) => () => void;
  /** Told what a rewriter threw; the client only sees that it failed. */
  readonly reportFailure: (cause: unknown) => void;
}

/** Decides the prompt of a job; never throws. */
export async function enhancePrompt(request: EnhanceRequest, deps: EnhanceDeps): Promise<Enhancement> {
  const { prompt: original, kind, family } = request;
  const kept = (note: string): Enhancement => ({ original, enhanced: null, notes: [note], rewriter: 'none' });
  if (!request.enhance) return kept('Enhancement is off for this request.');
  if (!PromptPair.shape.original.safeParse(original).success) return kept('Too long or too short to reword.');

  const ruled = rewriteByRules({ prompt: original, kind, family });
  const prompt = normalisePrompt(original);
  if (deps.rewriter === undefined || ruled.isSettled || prompt === '') return byRules(original, ruled);

  const outcome = await askRewriter({ prompt, kind, family }, deps.rewriter, deps);
  if ('failure' in outcome) {
    const { notes, ...rest } = byRules(original, ruled);
    return { ...rest, notes: [`The rewriter was not used: ${outcome.failure}.`, ...notes], failed: true };
  }
  const negative = family === 'embedded' ? undefined : outcome.negative || ruled.negative;
  return {
    original,
    enhanced: outcome.prompt === prompt ? ruled.enhanced : outcome.prompt,
    notes: outcome.notes,
    ...(negative !== undefined && { negative }),
    rewriter: deps.rewriter.name,
  };
}

function byRules(original: string, { enhanced, notes, negative }: RuleRewrite): Enhancement {
  return {
    original,
    enhanced,
    notes: [...notes],
    ...(negative !== undefined && { negative }),
    rewriter: 'rules',
  };
}

type Failure = { readonly failure: string };

async function askRewriter(
  request: RewriteRequest,
  rewriter: Rewriter,
  deps: EnhanceDeps,
): Promise<RewriteAnswer | Failure> {
  const answer = await withinBudget(
    async (signal) => RewriteAnswer.safeParse(await rewriter.rewrite(request, signal)),
    deps,
  );
  if ('failure' in answer) return answer;
  if (!answer.success) return { failure: 'its answer has the wrong shape' };
  const failure = refuse(request, answer.data, rewriter);
  if (failure !== undefined) return { failure };
  return request.family === 'embedded' ? inPlainWords(request, answer.data) : answer.data;
}

/** The embedded model hears a rewriter's answer only as one of the plain wordings. */
function inPlainWords(request: RewriteRequest, answer: RewriteAnswer): RewriteAnswer | Failure {
  if (answer.prompt === request.prompt) return answer;
  const { enhanced, isSettled } = rewriteByRules({ ...request, prompt: answer.prompt });
  if (!isSettled) return { failure: 'its wording is not one that the model knows' };
  return { ...answer, prompt: enhanced ?? answer.prompt };
}

const tooLate: Failure = { failure: `it took longer than ${rewriteBudgetMs} ms` };

async function withinBudget<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  { now, startTimer, reportFailure }: EnhanceDeps,
): Promise<T | Failure> {
  const startedAtMs = now();
  const controller = new AbortController();
  const budget = Promise.withResolvers<Failure>();
  const stopTimer = startTimer(() => {
    budget.resolve(tooLate);
    controller.abort();
  }, rewriteBudgetMs);
  const answered = ask(controller.signal).catch((cause: unknown): Failure => {
    reportFailure(cause);
    return { failure: 'it failed' };
  });
  const outcome = await Promise.race([answered, budget.promise]);
  stopTimer();
  // A timer may fire late on a busy isolate; the clock tells.
  return now() - startedAtMs > rewriteBudgetMs ? tooLate : outcome;
}
