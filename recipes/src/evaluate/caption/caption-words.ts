/** The things that a caption names, whatever their number: what precision and recall of captions are counted in. */
import { nouns } from '../../training/caption/nouns.ts';

/** Things of photos beyond those that are laid over them, in the singular. */
const photoThings = `animal arch background bamboo board bottom branch bridge brush building bush castle cathedral cave church
city cloth cloud column coral dam desert dome door drum face flower forest fork fort fruit garden gate glass grass ground
guitar hand handle hill house ice island kiwi kitten lake lantern leaf leopard lemur light lion measuring tape meadow moon
mountain multimeter music night oven paint palace pan panel parrot path plant plate plier pub puppy pyramid rail river road
roof room sand scale sea sickle sign sky snow stage statue steam stone stove street sun sunset temple tool tower town toy
tree tweezer wall water wheel windmill window wine wing wood wool wrench`;

/** Words that mean a thing under another name in the sentences compared. */
const alike: Readonly<Record<string, string>> = {
  kitten: 'cat',
  puppy: 'dog',
  people: 'person',
  man: 'person',
  woman: 'person',
  astronaut: 'person',
  footballer: 'person',
  palace: 'building',
  house: 'building',
  church: 'building',
  temple: 'building',
  castle: 'building',
  cathedral: 'building',
  fort: 'building',
  robin: 'bird',
  eagle: 'bird',
  lake: 'water',
  sea: 'water',
  river: 'water',
  meadow: 'grass',
  town: 'city',
  dahlia: 'flower',
  rose: 'flower',
  aloe: 'plant',
};

const forms = new Map<string, string>([
  ...photoThings.split(/\s+/).map((word) => [word, word] as const),
  ...Object.keys(alike).map((word) => [word, word] as const),
  ...nouns.flatMap(({ one, many }) => {
    const name = one.replace(/^pair of /, '');
    return [[name, name] as const, [many, name] as const];
  }),
]);

/** Names of things in a caption, each once, in the singular; like things under one name. */
export function thingsIn(caption: string): Set<string> {
  const words = caption.toLowerCase().match(/[a-z]+/g) ?? [];
  const found = new Set<string>();
  for (let at = 0; at < words.length; at++) {
    const pair = nameOf(words.slice(at, at + 2).join(' '));
    const name = pair ?? nameOf(words[at] as string);
    if (pair) at += 1;
    if (name) found.add(alike[name] ?? name);
  }
  return found;
}

function nameOf(words: string): string | undefined {
  const singulars = [words, words.replace(/s$/, ''), words.replace(/es$/, ''), words.replace(/ves$/, 'f')];
  return singulars.map((form) => forms.get(form)).find((name) => name !== undefined);
}
