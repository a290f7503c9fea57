/** Reads wishes about one object: another colour, or gone. */
import { colourNames, objectNames, singularsOf } from './names.ts';
import { coreOf } from './phrase.ts';
import type { Speech } from './wordings.ts';

/** An edit of one object, by the names that the embedded model knows. */
export type ObjectEdit =
  | { readonly id: 'remove_object'; readonly object: string }
  | { readonly id: 'recolour_object'; readonly object: string; readonly colour: string };

const removers: ReadonlySet<string> = new Set(
  'remove removed delete deleted erase erased rid out off away wipe clear drop hide eliminate without no disappear vanish gone lose'.split(
    ' ',
  ),
);
/** Words that go with removers and remove nothing alone. */
const removerCompanions: ReadonlySet<string> = new Set('take cut crop clean photoshop more'.split(' '));
const painters: ReadonlySet<string> = new Set(
  'paint painted colour coloured recolour recoloured repaint dye dyed tint tinted spray'.split(' '),
);
const shades: ReadonlySet<string> = new Set('dark light deep bright pale soft neon pastel'.split(' '));

const longestName = 3;

function englishObject(words: readonly string[]): string | undefined {
  const head = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  for (const form of singularsOf(last)) {
    const named = objectNames.en.get([...head, form].join(' '));
    if (named) return named.known;
  }
  return undefined;
}

function englishColour(words: readonly string[]): string | undefined {
  const named = colourNames.en.get(words.join(' '));
  if (named) return named.known;
  return shades.has(words[0] ?? '') ? englishColour(words.slice(1)) : undefined;
}

function readEnglish(sentence: string): ObjectEdit | undefined {
  const words = coreOf(sentence, 'en').split(' ');
  for (let length = longestName; length > 0; length--) {
    for (let start = 0; start + length <= words.length; start++) {
      const object = englishObject(words.slice(start, start + length));
      const rest = words.toSpliced(start, length);
      if (object === undefined || rest.length === 0) continue;
      if (rest.some((word) => removers.has(word))) {
        const isWhole = rest.every((word) => removers.has(word) || removerCompanions.has(word));
        if (isWhole) return { id: 'remove_object', object };
        continue;
      }
      const colour = englishColour(rest.filter((word) => !painters.has(word)));
      if (colour !== undefined) return { id: 'recolour_object', object, colour };
    }
  }
  return undefined;
}

const chineseRemover =
  /去掉|去除|除掉|除去|删掉|删除|删去|移除|移走|移掉|擦掉|擦除|擦去|抹掉|抹去|拿掉|拿走|弄掉|弄走|弄没|[Pp]掉|[Pp]走|清除|清掉|消除|抠掉|抠除|裁掉|剪掉|隐藏|消失|不见|我?不想(?:要|看到|看见)|我?不需要|我?不要|没有|赶走|搬走|摘掉/u;
// "加一辆红色的车" puts a car in: no word for adding is a wish to recolour.
const chineseAdding = /[加添摆放]|生成|画(?![成为])/u;
const chinesePainting = /[涂染刷漆喷换](?:[成上为个]|一个)?|改[成为]?|颜色|变成?|(?<=.)色(?=的?$)/gu;

function readChinese(sentence: string): ObjectEdit | undefined {
  if (chineseRemover.test(sentence)) {
    const object = objectNames.zh.get(coreOf(sentence.replace(chineseRemover, ''), 'zh'));
    return object && { id: 'remove_object', object: object.known };
  }
  if (chineseAdding.test(sentence)) return undefined;
  const core = coreOf(sentence.replaceAll(chinesePainting, ''), 'zh');
  for (const [name, { known: object }] of objectNames.zh) {
    const rest = core.startsWith(name)
      ? core.slice(name.length)
      : core.endsWith(name)
        ? core.slice(0, -name.length)
        : '';
    const colour = colourNames.zh.get(rest) ?? colourNames.zh.get(`${rest}色`);
    if (colour) return { id: 'recolour_object', object, colour: colour.known };
  }
  return undefined;
}

/** What a sentence wishes for one object; undefined when it says more than that, or something else. */
export function readObjectEdit(sentence: string, speech: Speech): ObjectEdit | undefined {
  return speech === 'en' ? readEnglish(sentence) : readChinese(sentence);
}
