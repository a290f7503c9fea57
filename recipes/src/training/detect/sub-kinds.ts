/** Words for kinds of the detector's classes, from WordNet: who asks for a mallard gets birds. */
import type { NamedNoun } from './noun-lines.ts';
import type { WordNet } from './wordnet.ts';

/** A line for each class: senses whose kinds are of it; a minus leaves out the kinds of a sense. People are named by hand alone. */
const classes = `
bicycle: bicycle#1
car: car#1
motorcycle: motorcycle#1
airplane: airplane#1
bus: bus#1
train: train#1
truck: truck#1
boat: boat#1 ship#1 sailboat#1
bench: bench#1
bird: bird#1
cat: cat#1
dog: dog#1
horse: horse#1
sheep: sheep#1
cow: cattle#1
elephant: elephant#1
bear: bear#1
zebra: zebra#1
giraffe: giraffe#1
backpack: backpack#1
umbrella: umbrella#1
handbag: bag#4
tie: necktie#1
suitcase: luggage#1
sports ball: ball#1
kite: kite#3
tennis racket: racket#4
bottle: bottle#1 bottle#3
wine glass: glass#2
cup: cup#1
fork: fork#1
knife: knife#1
spoon: spoon#1
bowl: bowl#3
apple: apple#1
sandwich: sandwich#1
orange: orange#1
hot dog: hot_dog#2
pizza: pizza#1
donut: doughnut#2
cake: cake#3 -cookie#1 -pancake#1
chair: chair#1
couch: sofa#1
bed: bed#1
dining table: table#3 coffee_table#1 desk#1
toilet: toilet#2
tv: television#3
laptop: laptop#1
mouse: mouse#4
remote: remote_control#1
cell phone: cellular_telephone#1
microwave: microwave#2
oven: oven#1
sink: sink#1
refrigerator: refrigerator#1
book: book#2
clock: clock#1
scissors: scissors#1
`;

/** Words that are no way to speak. */
const unspoken: ReadonlySet<string> = new Set(['crapper', 'idiot box', 'boob tube', 'goggle box']);

/**
 * Words that mean nothing else, so that no bumper of a car is taken for a glass, and without the Latin names of species.
 * @param isKnown words that are left out because they are listed already
 */
export function subKinds(
  net: WordNet,
  isKnown: (word: string) => boolean,
  lines: string = classes,
): NamedNoun[] {
  const taken = new Set<string>();
  return lines
    .trim()
    .split('\n')
    .map((line): NamedNoun => {
      const [label = '', senses = ''] = line.split(': ');
      const english = wordsOf(net, senses.split(' ')).filter((word) => !isKnown(word) && !taken.has(word));
      for (const word of english) taken.add(word);
      return { labels: [label], english, chinese: [] };
    })
    .filter(({ english }) => english.length > 0);
}

function wordsOf(net: WordNet, senses: readonly string[]): string[] {
  const without = new Set(
    senses.flatMap((sense) => (sense.startsWith('-') ? net.kindsOf(sense.slice(1)) : [])),
  );
  const kinds = senses.flatMap((sense) => (sense.startsWith('-') ? [] : net.kindsOf(sense)));
  const spoken = kinds.filter(
    (word) => !without.has(word) && net.isUnmistakable(word) && !isLatin(word, net),
  );
  const words = spoken.map((word) => word.replaceAll(/[-_]/g, ' ').toLowerCase());
  return [...new Set(words)].filter((word) => /^[a-z' ]+$/.test(word) && !unspoken.has(word)).sort();
}

/** Names of species begin with a genus, those of families and orders have endings of their own. */
function isLatin(word: string, net: WordNet): boolean {
  const [first = '', ...more] = word.split('_');
  if (more.length === 0) return /^[A-Z].*(idae|iformes)$/.test(word);
  return /^[A-Z]/.test(first) && (net.has(`genus_${first}`) || !net.has(more.at(-1) as string));
}
