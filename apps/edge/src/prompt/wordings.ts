/** The one plain sentence per edit that the embedded model is asked with: each occurs in what it was trained on. */

export type Speech = 'en' | 'zh';
export type Degree = 'slight' | 'normal' | 'strong';

/** A sentence per degree; `{object}` and `{colour}` stand for their names. */
export type Wording = Readonly<Record<Degree, string>>;

const same = (sentence: string): Wording => ({ slight: sentence, normal: sentence, strong: sentence });
const graded = (slight: string, normal: string, strong: string): Wording => ({ slight, normal, strong });

const make = (adjective: string, what = 'it'): Wording =>
  graded(`make ${what} slightly ${adjective}`, `make ${what} ${adjective}`, `make ${what} very ${adjective}`);
const makeMore = (comparative: string): Wording =>
  graded(`make it slightly ${comparative}`, `make it ${comparative}`, `make it much ${comparative}`);
const after = (sentence: string): Wording =>
  graded(`${sentence}, just a little`, sentence, `${sentence}, strongly`);

const letBe = (adjective: string): Wording =>
  graded(`让照片${adjective}一点`, `让照片更${adjective}`, `让照片${adjective}很多`);
const doIt = (verb: string): Wording => graded(`稍微${verb}`, verb, `大幅${verb}`);
const afterZh = (sentence: string): Wording =>
  graded(`${sentence}，稍微一点`, sentence, `${sentence}，非常强烈`);

/** Edit to sentence, in both languages. */
export const wordings = {
  keep: { en: same('keep it as it is'), zh: same('保持原样') },
  black_and_white: { en: make('black and white'), zh: afterZh('把照片变成黑白') },
  sepia: { en: make('sepia'), zh: afterZh('把照片变成棕褐色') },
  vintage: { en: make('vintage'), zh: afterZh('把照片变成复古') },
  warmer: { en: makeMore('warmer'), zh: letBe('暖') },
  cooler: { en: makeMore('cooler'), zh: letBe('冷') },
  brighter: { en: makeMore('brighter'), zh: letBe('亮') },
  darker: { en: makeMore('darker'), zh: letBe('暗') },
  more_contrast: {
    en: graded('slightly more contrast', 'more contrast', 'much more contrast'),
    zh: doIt('加强对比度'),
  },
  less_contrast: {
    en: graded('slightly less contrast', 'less contrast', 'much less contrast'),
    zh: doIt('减弱对比度'),
  },
  more_saturated: { en: makeMore('more vivid'), zh: letBe('鲜艳') },
  muted: { en: makeMore('less saturated'), zh: doIt('降低饱和度') },
  night: { en: after('make it night'), zh: afterZh('把照片变成夜晚') },
  sunset: { en: after('make it sunset'), zh: afterZh('把照片变成日落') },
  snow: {
    en: graded('add a little snow', 'make it winter', 'add a lot of snow'),
    zh: graded('加一点雪', '把照片变成冬天', '加很多雪'),
  },
  fog: {
    en: graded('add a little fog', 'add fog', 'add a lot of fog'),
    zh: graded('加一点雾', '加雾', '加很多雾'),
  },
  autumn: { en: after('make it autumn'), zh: afterZh('把照片变成秋天') },
  spring: { en: after('make it spring'), zh: afterZh('把照片变成春天') },
  sketch: { en: after('turn it into a pencil sketch'), zh: afterZh('把照片变成素描') },
  painting: { en: after('turn it into a painting'), zh: afterZh('把照片变成绘画') },
  blur: { en: makeMore('blurrier'), zh: letBe('模糊') },
  sharpen: { en: makeMore('sharper'), zh: letBe('清晰') },
  sky_pink: { en: make('pink', 'the sky'), zh: afterZh('把天空变成粉色') },
  sky_orange: { en: make('orange', 'the sky'), zh: afterZh('把天空变成橙色') },
  sky_dramatic: { en: make('dramatic', 'the sky'), zh: afterZh('把天空变成戏剧性') },
  recolour_object: { en: make('{colour}', 'the {object}'), zh: afterZh('把{object}变成{colour}') },
  remove_object: { en: same('remove the {object}'), zh: same('把{object}去掉') },
} as const satisfies Record<string, Readonly<Record<Speech, Wording>>>;

export type EditId = keyof typeof wordings;

/** Phrases per edit, bars or new lines between them; edits of one object are read by object-edit.ts. */
export type Sayings = Readonly<Record<Exclude<EditId, 'recolour_object' | 'remove_object'>, string>>;

/** Phrases that ask for two edits at once, per `first+second` of the `pairs`. */
export type PairSayings = Readonly<Record<string, string>>;

/** Pairs of edits that the embedded model learnt to do at one go, in the order in which it hears them. */
export const pairs: readonly (readonly [EditId, EditId])[] = [
  ['snow', 'night'],
  ['fog', 'night'],
  ['snow', 'fog'],
  ['autumn', 'fog'],
  ['autumn', 'sunset'],
  ['spring', 'brighter'],
  ['black_and_white', 'more_contrast'],
  ['black_and_white', 'blur'],
  ['warmer', 'brighter'],
  ['cooler', 'darker'],
  ['muted', 'darker'],
  ['sharpen', 'more_saturated'],
  ['sky_pink', 'warmer'],
  ['sky_dramatic', 'darker'],
];

/** Pairs that have become one thing in the words of the language. */
export const pairWordings: Readonly<Record<string, Readonly<Record<Speech, string>>>> = {
  'snow+night': { en: 'make it a snowy night', zh: '变成下雪的夜晚' },
  'fog+night': { en: 'make it a foggy night', zh: '变成有雾的夜晚' },
  'autumn+sunset': { en: 'make it an autumn sunset', zh: '变成秋天的日落' },
  'autumn+fog': { en: 'make it a foggy autumn day', zh: '变成有雾的秋天' },
};

/** What stands between the sentences of a pair without a wording of its own. */
export const connectors: Readonly<Record<Speech, string>> = { en: ' and ', zh: '，' };
