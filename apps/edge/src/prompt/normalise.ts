/** Cleaning of prompts: what cannot be seen goes, what looks the same becomes the same. */

// Punctuation of Chinese text is full-width on purpose; NFKC would make it ASCII.
const besideFullWidthMarks = /[^，。！？；：（）]+/gu;
// Format characters carry hidden text (zero-width, tags) or turn its order (bidi). A joiner between two emoji is kept.
const invisible =
  /(?<!\p{Extended_Pictographic}\uFE0F?)\u200D|(?!\u200D)\p{Cf}|[\uFE00-\uFE0E\u{E0100}-\u{E01EF}]/gu;

/** The prompt in NFKC without invisible characters, with single spaces and straight quotes. */
export function normalisePrompt(prompt: string): string {
  return prompt
    .toWellFormed()
    .replaceAll(besideFullWidthMarks, (part) => part.normalize('NFKC'))
    .replaceAll(invisible, '')
    .replaceAll(/[“”„‟«»「」『』]/gu, '"')
    .replaceAll(/[‘’‚‛`´]/gu, "'")
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}

/** Cyrillic and Greek letters that pass for Latin ones, in the order of `latin`. */
const lookalikes = 'аеорсухіјѕԁһкмтвнαοεικνρτυχ';
const latin = 'aeopcyxijsdhkmtbhaoeiknptux';
const latinOf: ReadonlyMap<string, string> = new Map(
  [...lookalikes].map((letter, index) => [letter, latin.charAt(index)]),
);

/** The text as a comparison sees it: normalised, lower case, no accents, no letter that only looks Latin. */
export function foldText(text: string): string {
  return normalisePrompt(text)
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\u0370-\u052F]/gu, (letter) => latinOf.get(letter) ?? letter);
}

/** Chinese, English (any text in Latin letters), both, or neither. */
export type PromptLanguage = 'zh' | 'en' | 'mixed' | 'other';

/** The language of a normalised prompt, judged by its scripts. */
export function detectLanguage(text: string): PromptLanguage {
  // "P掉", "PS成": a letter or two of Latin inside Chinese is Chinese.
  const letters = text.replaceAll(/(?<!\p{Script=Latin})(?:p|ps)(?!\p{Script=Latin})/giu, '');
  const isChinese = /\p{Script=Han}/u.test(letters);
  if (/(?!\p{Script=Han}|\p{Script=Latin})\p{Letter}/u.test(letters)) return 'other';
  if (/\p{Script=Latin}/u.test(letters)) return isChinese ? 'mixed' : 'en';
  return isChinese ? 'zh' : 'other';
}
