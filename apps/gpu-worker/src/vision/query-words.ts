// Words that name things, as models were taught to read them.

const article = /^(?:the|an?|this|that|these|those|my|our|his|her|their|its|your)\s+/iu;

/** A name without the word that points at it: “the red car” is called “red car”. */
export function bareName(phrase: string): string {
  const words = phrase.trim().replace(/\s+/gu, ' ');
  const bare = words.replace(article, '');
  return bare === '' ? words : bare;
}

/** The caption by which models trained on captions know a thing best (Radford et al. 2021, section 3.1.4). */
export function photoPhrase(phrase: string): string {
  const name = bareName(phrase);
  return /^(?:a )?(?:photo|picture|image)s? of\b/iu.test(name) ? phrase.trim() : `a photo of a ${name}`;
}
