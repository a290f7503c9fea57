/** From the words of a query to what is looked for: a noun that the detector knows, and colours. */
import { type ColourName, chineseColour, englishColour } from './colour-names.ts';
import type { Noun, NounBook } from './noun-book.ts';
import { bareName } from './query-words.ts';

/** What one query asks for. */
export interface NounPhrase {
  readonly noun: Noun;
  /** It must be of one of these; empty: of any. */
  readonly colours: readonly ColourName[];
}

const han = /\p{Script=Han}/u;

/**
 * What a query names. Words that say where or how many are passed over, as are adjectives other than colours; “and” and
 * “or” name several things.
 * @returns nothing where no noun is known
 */
export function readQuery(query: string, book: NounBook): NounPhrase[] {
  const text = query
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[-_\s]+/g, ' ')
    .replace(/[，；;]/g, ',')
    .replace(/[.:!?"“”'‘’()。：！？「」《》]+(?= |$)|^["“'‘(「《]+|[ ,]+$/g, '')
    .trim();
  const read = han.test(text) ? readChinese : readEnglish;
  const whole = read(text, book);
  const parts = text.split(han.test(text) ? /[和与及或、,]/ : /,? (?:and|or) |[,/&]/);
  const each = parts.flatMap((part) => read(part.trim(), book) ?? []);
  // “black and white dog” has one noun in two parts, “a fork and a knife” one in each.
  if (parts.length > 1 && each.length === parts.length) return each;
  return whole ? [whole] : each;
}

/** Words after which no noun is the one that is meant. */
const after =
  /^(?:in|on|at|with|without|near|by|behind|under|over|above|below|beside|between|of|from|wearing|holding|riding|that|which|who|next|to|inside|outside|against|across)$/;

function readEnglish(text: string, book: NounBook): NounPhrase | undefined {
  const words = bareName(text.replace(/^(?:a |the )?(?:photo|picture|image)s? of /, '')).split(' ');
  // First the whole, which may be a name such as “cup of tea”, then what stands before “in the …”.
  const cut = words.findIndex((word, i) => i > 0 && after.test(word));
  for (const part of cut < 0 ? [words] : [words, words.slice(0, cut)]) {
    for (let start = 0; start < part.length; start++) {
      const noun = book.english(part.slice(start).join(' '));
      if (!noun) continue;
      // “in the red house” is no “house”: the noun must stand before the place.
      if (cut >= 0 && part.length > cut && start > 0) break;
      return { noun, colours: part.slice(0, start).flatMap((word) => englishColour(word) ?? []) };
    }
  }
  return undefined;
}

/** Words before a noun that narrow it down without changing what it is. */
const chineseBefore =
  /^(?:请|找出|找到|检测|识别|选中|所有|全部|每|这|那|哪|某|一|二|两|三|四|五|六|七|八|九|十|几|多|些|\d+|[个只条辆匹头张把台架艘棵朵本位名座部件双副块片根支群对颗盏枚顶]|我|你|他|她|它|们|图|图片|照片|画面|里|中|上|下|左|右|前|后|边|面|间|大|小|老|新|旧|长|短|高|矮|胖|瘦|可爱|漂亮|美丽|深|浅|淡|暗|亮|鲜|的|色| )+/u;

function readChinese(text: string, book: NounBook): NounPhrase | undefined {
  const characters = [...text];
  for (let start = 0; start < characters.length; start++) {
    const noun = book.exact(characters.slice(start).join(''));
    if (!noun) continue;
    const before = characters.slice(0, start).join('');
    const { colours, rest } = takeColours(before);
    // A single character may end another word: 犀牛 (rhinoceros) is no 牛 (cow).
    const isWord = characters.length - start > 1 || before.endsWith('的') || isPassedOver(rest);
    if (isWord) return { noun, colours };
  }
  return undefined;
}

function takeColours(text: string): { colours: ColourName[]; rest: string } {
  const colours: ColourName[] = [];
  const rest = text.replace(chineseColour, (word) => {
    colours.push(...namesOf(word));
    return '';
  });
  return { colours, rest };
}

function namesOf(word: string): ColourName[] {
  const name = colourOfCharacter.find(([characters]) => characters.test(word))?.[1];
  return name ? [name] : [];
}

const colourOfCharacter: readonly (readonly [RegExp, ColourName])[] = [
  [/粉/, 'pink'],
  [/红/, 'red'],
  [/橙|橘/, 'orange'],
  [/黄|金/, 'yellow'],
  [/绿/, 'green'],
  [/蓝|青/, 'blue'],
  [/紫/, 'purple'],
  [/棕|褐|咖啡/, 'brown'],
  [/白/, 'white'],
  [/灰|银/, 'grey'],
  [/黑/, 'black'],
];

function isPassedOver(text: string): boolean {
  return text.replace(chineseBefore, '') === '';
}
