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

/** Other names of these colours. */
const alike: Readonly<Record<string, ColourWord>> = {
  scarlet: 'red',
  crimson: 'red',
  violet: 'purple',
  magenta: 'pink',
  粉红: 'pink',
};

/** The colour that a single word means. */
export function colourOf(word: string): ColourWord | undefined {
  const lower = word.toLowerCase();
  return english.find((name) => name === lower) ?? alike[lower] ?? chinese[lower];
}
