/** The rewriter that is always there: no network, no model, the same answer every time. */
import type { JobKind } from '@darkroom/shared/contracts/job-request';
import { detectLanguage, normalisePrompt, type PromptLanguage } from './normalise.ts';
import { coreOf } from './phrase.ts';
import { type EditWish, type EditWishes, readEdits, wordEdits } from './read-edit.ts';
import type { RewriteRequest } from './rewrite.ts';
import type { Speech } from './wordings.ts';

/** What the rules make of a prompt. */
export interface RuleRewrite {
  /** The reworded prompt; null = the prompt is left alone. */
  readonly enhanced: string | null;
  readonly notes: readonly string[];
  /** Whether the model is known to understand the prompt, so that nothing is left for another rewriter. */
  readonly isSettled: boolean;
  /** What the picture should not show, unless the client says it; absent = nothing in particular. */
  readonly negative?: string;
}

/** The part of a prompt that says what is wished, and its speech: of a mixed prompt one script may only frame the other. */
function essenceOf(prompt: string, language: PromptLanguage): readonly [string, Speech] | undefined {
  if (language === 'other') return undefined;
  if (language !== 'mixed') return [prompt, language];
  const chinese = prompt.replaceAll(/[^\p{Script=Han}，。！？]+/gu, '');
  const english = prompt.replaceAll(/[\p{Script=Han}，。！？]+/gu, ' ').trim();
  if (coreOf(english, 'en') === '') return [chinese, 'zh'];
  return coreOf(chinese, 'zh') === '' ? [english, 'en'] : undefined;
}

const nameOf = ({ id, object, colour }: EditWish): string =>
  [id.replaceAll('_', ' '), object, colour].filter((part) => part !== undefined).join(', ');

function noteOf(wishes: EditWishes): string {
  const [{ degree }] = wishes;
  const strength = degree === 'normal' ? '' : ` (${degree})`;
  return `Read as: ${wishes.map(nameOf).join(' + ')}${strength}.`;
}

/** Rewords a normalised prompt for the embedded edit model when it is understood whole. */
function rewordForEmbedded(prompt: string): RuleRewrite {
  const language = detectLanguage(prompt);
  const essence = essenceOf(prompt, language);
  const wishes = essence && readEdits(...essence);
  if (essence === undefined || wishes === undefined) {
    const note = `Not one of the known edits (language: ${language}); left as it is.`;
    return { enhanced: null, notes: [note], isSettled: false };
  }
  const [, speech] = essence;
  const enhanced = wordEdits(wishes, speech);
  if (enhanced !== prompt) return { enhanced, notes: [noteOf(wishes)], isSettled: true };
  return { enhanced: null, notes: ['Already in words that the model knows.'], isSettled: true };
}

interface Flaw {
  readonly term: string;
  /** Absent = of every kind. */
  readonly kinds?: readonly JobKind[];
  /** Words that ask for it. */
  readonly wanted: RegExp;
}

/** What nobody wants in a picture, unless the prompt asks for it. */
const flaws: readonly Flaw[] = [
  { term: 'low quality', wanted: /low.?(?:quality|res)|lo-?fi|低画质/iu },
  { term: 'blurry', wanted: /blur|bokeh|soft|focus|motion|模糊|虚化|柔焦/iu },
  { term: 'jpeg artifacts', wanted: /jpe?g|artifact|glitch|pixel|像素|故障/iu },
  { term: 'watermark', wanted: /watermark|logo|stamp|水印|标志/iu },
  { term: 'text', wanted: /text|word|letter|sign|say|writ|caption|title|poster|logo|"|字|海报/iu },
  { term: 'visible seams', kinds: ['inpaint'], wanted: /seam|patch|collage|拼/iu },
  {
    term: 'deformed',
    kinds: ['generate', 'img2img'],
    wanted: /deform|distort|surreal|abstract|monster|变形|抽象|怪/iu,
  },
  {
    term: 'extra limbs',
    kinds: ['generate', 'img2img'],
    wanted: /limb|arms|legs|alien|monster|octopus|spider|怪|章鱼|蜘蛛/iu,
  },
  { term: 'cropped', kinds: ['generate'], wanted: /crop|close.?up|macro|portrait|特写/iu },
];

/** Rewords by rules: for the embedded edit model to a wording that it knows; for others the prompt is only cleaned. */
export function rewriteByRules(request: RewriteRequest): RuleRewrite {
  const { kind, family } = request;
  const prompt = normalisePrompt(request.prompt);
  if (family === 'embedded') {
    if (kind === 'edit') return rewordForEmbedded(prompt);
    return { enhanced: null, notes: ['The embedded model takes this prompt as it is.'], isSettled: true };
  }
  const negative = flaws
    .filter(({ kinds, wanted }) => (kinds?.includes(kind) ?? true) && !wanted.test(prompt))
    .map(({ term }) => term)
    .join(', ');
  const isClean = prompt === request.prompt || prompt === '';
  return {
    enhanced: isClean ? null : prompt,
    notes: [isClean ? 'Nothing to clean.' : 'Cleaned of invisible characters, odd spaces and quotes.'],
    isSettled: false,
    ...(negative !== '' && { negative }),
  };
}
