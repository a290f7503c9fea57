/**
 * The things that captions of composed pictures name: the detector's classes, and a few that it knows nothing of. With a
 * longer list the captioner learned to name things that were not there.
 */

/** A thing with its two forms. */
export interface Noun {
  readonly one: string;
  readonly many: string;
  /** Its class in the detector, where it has one. */
  readonly label?: string;
  /** What the stores of cut-outs and objects call it. */
  readonly stored: readonly string[];
}

/** `one/many = detector's label : names in the stores`; the plural is left out where it is a bare s. */
const table = `
person/people = person : person, man, sitting man, woman, sitting woman
bicycle = bicycle : bicycle, bike
car = car : car, concept sedan, ford focus, suv, smart car
motorcycle = motorcycle : motorcycle, motorbike
airplane = airplane : biplane
bus/buses = bus : bus, city bus
train = train : locomotive, tram
truck = truck : truck, delivery truck, pickup truck, fire engine
boat = boat : boat, rowboat
traffic light = traffic light :
fire hydrant = fire hydrant : fire hydrant
stop sign = stop sign :
parking meter = parking meter :
bench/benches = bench : bench
bird = bird : bird, goose, swan, flamingo
cat = cat : cat, siamese cat
dog = dog : dog, bulldog
horse = horse : horse
sheep/sheep = sheep : ewe, ram
cow = cow : cow, ox, water buffalo
elephant = elephant : elephant
bear = bear :
zebra = zebra : zebra
giraffe = giraffe : giraffe
backpack = backpack : backpack
umbrella = umbrella : umbrella
handbag = handbag : purse, handbag
tie = tie : necktie
suitcase = suitcase : briefcase, luggage, suitcase
frisbee = frisbee :
pair of skis/skis = skis :
snowboard = snowboard :
ball = sports ball : ball, volleyball, basketball, soccer ball
kite = kite : kite
baseball bat = baseball bat :
baseball glove = baseball glove :
skateboard = skateboard : skateboard
surfboard = surfboard :
tennis racket = tennis racket : tennis racket
bottle = bottle : bottle, wine bottle, medicine bottle
wine glass/wine glasses = wine glass : wine glass
cup = cup : cup, coffee cup, plastic cup, beer mug
fork = fork : fork
knife/knives = knife : knife, kitchen knife
spoon = spoon : spoon
bowl = bowl : bowl
banana = banana : banana
apple = apple : apple, red apple, green apple
sandwich/sandwiches = sandwich : sandwich
orange = orange : tangerine
broccoli/broccoli = broccoli : broccoli
carrot = carrot : carrot
hot dog = hot dog : hot dog
pizza = pizza : pizza
donut = donut : doughnut
cake = cake : cupcake, cup cake
chair = chair : chair, armchair, folding chair, deck chair, chair with cushion
couch/couches = couch : couch, sofa, corner sofa
potted plant = potted plant : potted plant, plant, ficus, decorative plant, bonsai tree
bed = bed : bed, child bed
table = dining table : table, coffee table, desk, round table, wooden table, glass table
toilet = toilet : toilets unit
tv = tv : tv, television
laptop = laptop : laptop
computer mouse/computer mice = mouse : computer mouse
remote = remote :
keyboard = keyboard : keyboard
phone = cell phone : mobile phone, telephone
microwave = microwave : microwave
oven = oven : oven
toaster = toaster : toaster
sink = sink : sink, washbasin
refrigerator = refrigerator : refrigerator
book = book : book
clock = clock : clock
vase = vase : vase
pair of scissors/scissors = scissors : scissors
teddy bear = teddy bear : teddy bear
hair drier = hair drier :
toothbrush/toothbrushes = toothbrush : toothbrush
flower : flower, flowers, rose, tulip, tulips, sunflower, hyacinth
fish/fish : fish
tree : deciduous tree, evergreen tree, palm tree, coconut tree
house : house`;

function readRow(row: string): Noun {
  const [head = '', names = ''] = row.split(':');
  const [forms = '', label] = head.split('=').map((part) => part.trim());
  const [one = '', many = `${one}s`] = forms.split('/');
  const stored = names.split(',').flatMap((name) => name.trim() || []);
  return { one, many, ...(label && { label }), stored };
}

/** All nouns. */
export const nouns: readonly Noun[] = table.trim().split('\n').map(readRow);

const byStored = new Map(nouns.flatMap((noun) => noun.stored.map((name) => [name, noun] as const)));

/** The noun for what a store calls a thing; undefined where captions don't name it. */
export function nounOfStored(name: string): Noun | undefined {
  return byStored.get(name);
}
