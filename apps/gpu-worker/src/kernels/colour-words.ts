// Colours that an instruction names, in English and Chinese.

const english = ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'white', 'black'] as const;
/** A colour that can be asked for. */
export type ColourWord = (typeof english)[number];

const chinese: Readonly<Record<string, ColourWord>> = {
  红: 'red',
  橙: 'orange',
  橘: 'orange',
  黄: 'yellow',
  绿: 'green',
  蓝: 'blue',
  紫: 'purple',
  粉: 'pink',
  白: 'white',
  黑: 'black',
};
/** Words that hold a colour's name and ask for something else. */
const otherMeanings = /black[\s-]*(?:and|&)[\s-]*white|white[\s-]balance|黑白|白平衡/giu;
const names = new RegExp(
  `\\b(${english.join('|')})\\b|粉红|(${Object.keys(chinese).join('|')})(?=色)`,
  'giu',
);

/**
 * The colour that an instruction asks for: the last one that it names, as "turn the red car blue" does.
 * @param known words about the thing as it is, whose colours are not asked for
 */
export function wantedColour(instruction: string, known = ''): ColourWord | undefined {
  const asked = (known === '' ? instruction : instruction.replaceAll(known, ' ')).replace(otherMeanings, ' ');
  const last = [...asked.matchAll(names)].at(-1);
  if (!last) return undefined;
  const [name, word, sign] = last;
  if (word !== undefined) return word.toLowerCase() as ColourWord;
  return sign === undefined ? 'pink' : chinese[name];
}

/** An instruction to give one thing another colour, and nothing else. */
export interface Recolouring {
  /** The words for the thing, as they were given. */
  readonly thing: string;
  readonly colour: ColourWord;
}

const asking = /^(?:please|just|can you|could you|would you|i want you to|i'd like you to)\s+/iu;
const thanks = /[\s,.!]*(?:please|thanks|thank you)?[\s.!?]*$/iu;
const inEnglish = new RegExp(
  `^(?:make|turn|paint|colou?r|recolou?r|dye|tint|set|change)\\s+(?:the colou?r of\\s+)?(.+?)(?:'s)?(?:\\s+colou?r)?(?:\\s+(?:look|be|to|into|in|with|an?))*\\s+(?:${english.join('|')})$`,
  'iu',
);
const inChinese = new RegExp(
  `^(?:请|帮我|麻烦|给我)*[把将](.+?)(?:的颜色)?[变改染涂换弄调刷](?:成|为|作|得)?(?:粉红|${Object.keys(chinese).join('|')})色(?:的|吧|谢谢)*$`,
  'u',
);
/** A thing that is more than one, or less than all of it. */
const several = /\b(?:and|or|but|except)\b|[,&和与及、，]/iu;

/** Longer instructions say more than one thing, and would take the expressions above long. */
const mostCharacters = 120;

/** The picture as a whole, or what only a conversation tells. */
const noThing =
  /^(?:it|this|that|these|those|them|everything|all(?: of it)?|(?:(?:the|this|my|a|whole|entire)\s+)*(?:photo|picture|image|scene|whole)|它|它们|这个?|那个?|(?:整张|这张|我的)?(?:照片|图片?|画面|整体))$/iu;

/** Reads "make the red car blue" or "把车变成红色"; undefined for any other instruction. */
export function readRecolouring(instruction: string): Recolouring | undefined {
  if (instruction.length > mostCharacters) return undefined;
  const plain = instruction.normalize('NFKC').replace(/\s+/gu, ' ').trim();
  let words = plain.replace(thanks, '').replace(/。$/u, '');
  while (asking.test(words)) words = words.replace(asking, '');
  const thing = (inEnglish.exec(words) ?? inChinese.exec(words))?.[1]?.trim();
  const colour = wantedColour(words, thing);
  if (!thing || !colour || several.test(thing) || noThing.test(thing)) return undefined;
  return { thing, colour };
}
