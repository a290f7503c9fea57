/** Names of things and colours: what people call them, and what the embedded model calls them. */
import type { Speech } from './wordings.ts';

/** Names with bars between: those that the embedded model knows, the plain one first; then others, read as the plain one. */
type Names = readonly [known: string, also: string];
type Named = Readonly<Record<Speech, Names>>;

/** Objects that the embedded model can recolour or remove. */
export const objects = {
  car: {
    en: ['car|automobile', 'auto|motorcar|vehicle|sedan|suv|hatchback|taxi|cab'],
    zh: ['汽车|车|小汽车|车子|轿车', '小车|车辆|私家车|出租车|小轿车'],
  },
  bus: {
    en: ['bus', 'autobus|omnibus|coach|double decker'],
    zh: ['公交车|巴士|公共汽车', '公车|大巴|客车|大巴车'],
  },
  apple: { en: ['apple', 'apple fruit'], zh: ['苹果', '红富士|大苹果|苹果果实'] },
  balloon: { en: ['balloon', 'party balloon|baloon'], zh: ['气球', '汽球|小气球'] },
  umbrella: { en: ['umbrella', 'parasol|brolly|sunshade'], zh: ['雨伞|伞', '阳伞|遮阳伞|太阳伞'] },
  cup: {
    en: ['cup|mug', 'teacup|tea cup|coffee cup|coffee mug|beaker'],
    zh: ['杯子|水杯', '茶杯|马克杯|咖啡杯|杯'],
  },
  chair: { en: ['chair|seat', 'armchair|stool|arm chair'], zh: ['椅子', '座椅|凳子|椅|靠椅'] },
  ball: {
    en: ['ball', 'football|soccer ball|basketball|beach ball'],
    zh: ['球|皮球', '足球|篮球|沙滩球|小球'],
  },
  flower: { en: ['flower|blossom', 'bloom|rose|tulip'], zh: ['花|花朵', '鲜花|花儿|小花|玫瑰花'] },
  hat: { en: ['hat|cap', 'beanie|baseball cap|headgear'], zh: ['帽子', '帽|礼帽|草帽|鸭舌帽'] },
  boat: {
    en: ['boat|ship', 'sailboat|sailing boat|yacht|vessel|dinghy'],
    zh: ['船|小船', '帆船|轮船|游艇|船只'],
  },
  bicycle: {
    en: ['bicycle|bike', 'push bike|pushbike|cycle|mountain bike'],
    zh: ['自行车|单车', '脚踏车|山地车|共享单车'],
  },
  dog: { en: ['dog|puppy', 'doggy|doggo|pup|hound'], zh: ['狗|小狗', '狗狗|狗子|犬|小犬|小狗狗'] },
  cat: {
    en: ['cat|kitten', 'kitty|pussycat|feline|kitty cat'],
    zh: ['猫|小猫', '猫咪|猫猫|喵星人|小猫咪'],
  },
  bird: { en: ['bird', 'birdie|chick|seagull|pigeon'], zh: ['鸟|小鸟', '鸟儿|飞鸟|鸽子|海鸥'] },
  fish: { en: ['fish', 'fishes|goldfish'], zh: ['鱼|小鱼', '鱼儿|金鱼|鱼类'] },
} as const satisfies Record<string, Named>;

/** Colours in which the embedded model can paint an object. */
export const colours = {
  red: {
    en: ['red', 'crimson|scarlet|ruby|reddish|cherry red|blood red'],
    zh: ['红色', '红|大红色|大红|鲜红色|鲜红|朱红色|深红色|暗红色|浅红色'],
  },
  orange: {
    en: ['orange', 'tangerine|orangey|orange coloured'],
    zh: ['橙色|橘色', '橙|橘|橙红色|橘红色|橘黄色|橙黄色'],
  },
  yellow: {
    en: ['yellow', 'golden|gold|lemon|yellowish|lemon yellow'],
    zh: ['黄色', '黄|金黄色|金黄|金色|柠檬黄|明黄色|淡黄色|浅黄色'],
  },
  green: {
    en: ['green', 'emerald|lime|greenish|lime green|grass green|olive green'],
    zh: ['绿色', '绿|翠绿色|翠绿|墨绿色|草绿色|深绿色|浅绿色|青绿色'],
  },
  blue: {
    en: ['blue', 'navy|azure|navy blue|sky blue|royal blue|baby blue'],
    zh: ['蓝色', '蓝|天蓝色|天蓝|深蓝色|浅蓝色|宝蓝色|海蓝色|湖蓝色'],
  },
  purple: {
    en: ['purple|violet', 'lilac|lavender|mauve|purplish'],
    zh: ['紫色', '紫|紫罗兰色|深紫色|浅紫色|淡紫色|紫红色'],
  },
  pink: {
    en: ['pink', 'rose pink|hot pink|pinkish|baby pink|salmon pink'],
    zh: ['粉色|粉红色', '粉|粉红|桃红色|玫红色|桃粉色|浅粉色|樱花粉'],
  },
  white: {
    en: ['white', 'snow white|ivory|whitish|pure white'],
    zh: ['白色', '白|雪白色|雪白|纯白色|纯白|乳白色|米白色'],
  },
  black: {
    en: ['black', 'ebony|jet black|pitch black|blackish'],
    zh: ['黑色', '黑|乌黑色|乌黑|纯黑色|纯黑|漆黑|深黑色'],
  },
} as const satisfies Record<string, Named>;

/** Other things that prompts are about: only compared, never put into a wording. */
export const subjects: Readonly<Record<string, Readonly<Record<Speech, string>>>> = {
  sky: { en: 'sky|skies|heavens', zh: '天空' },
  person: { en: 'person|people|human|someone', zh: '人物|人们|行人|路人' },
  man: { en: 'man|men|guy|gentleman', zh: '男人|男子|男士' },
  woman: { en: 'woman|women|lady|ladies', zh: '女人|女子|女士' },
  child: { en: 'child|children|kid|toddler', zh: '孩子|小孩|儿童' },
  girl: { en: 'girl', zh: '女孩|姑娘' },
  boy: { en: 'boy', zh: '男孩' },
  face: { en: 'face', zh: '脸' },
  hair: { en: 'hair', zh: '头发' },
  eyes: { en: 'eye|eyes', zh: '眼睛' },
  shirt: { en: 'shirt|t-shirt|blouse', zh: '衬衫|上衣' },
  dress: { en: 'dress|gown', zh: '裙子|连衣裙' },
  horse: { en: 'horse|pony', zh: '马匹|骏马' },
  house: { en: 'house|cottage|hut', zh: '房子|屋子|小屋' },
  building: { en: 'building|tower|skyscraper', zh: '建筑|大楼|高楼' },
  castle: { en: 'castle|fortress', zh: '城堡' },
  city: { en: 'city|town', zh: '城市|都市' },
  street: { en: 'street|road', zh: '街道|马路|道路' },
  bridge: { en: 'bridge', zh: '桥' },
  tree: { en: 'tree', zh: '树木|大树|树' },
  forest: { en: 'forest|woods', zh: '森林|树林' },
  grass: { en: 'grass|lawn|meadow', zh: '草地|草坪' },
  mountain: { en: 'mountain|hill', zh: '山脉|高山|雪山' },
  river: { en: 'river|stream', zh: '河流|小河|河' },
  lake: { en: 'lake|pond', zh: '湖泊|湖' },
  sea: { en: 'sea|ocean', zh: '大海|海洋' },
  beach: { en: 'beach|seaside', zh: '沙滩|海滩' },
  background: { en: 'background|backdrop', zh: '背景' },
  wall: { en: 'wall', zh: '墙' },
  table: { en: 'table|desk', zh: '桌子|书桌' },
  window: { en: 'window', zh: '窗户|窗子' },
  food: { en: 'food|meal|dish', zh: '食物|美食' },
  robot: { en: 'robot', zh: '机器人' },
  dragon: { en: 'dragon', zh: '巨龙' },
  moon: { en: 'moon', zh: '月亮' },
  sun: { en: 'sun', zh: '太阳' },
};

/** Name to id and to the name that the embedded model knows it by. */
export type NameTable = ReadonlyMap<string, { readonly id: string; readonly known: string }>;

function tableOf(named: Readonly<Record<string, Named>>, speech: Speech): NameTable {
  return new Map(
    Object.entries(named).flatMap(
      ([
        id,
        {
          [speech]: [known, also],
        },
      ]) => {
        const own = known.split('|');
        const plain = own[0] as string;
        return [
          ...own.map((name) => [name, { id, known: name }] as const),
          ...also.split('|').map((name) => [name, { id, known: plain }] as const),
        ];
      },
    ),
  );
}

/** Objects by name. */
export const objectNames: Readonly<Record<Speech, NameTable>> = {
  en: tableOf(objects, 'en'),
  zh: tableOf(objects, 'zh'),
};

/** Colours by name. */
export const colourNames: Readonly<Record<Speech, NameTable>> = {
  en: tableOf(colours, 'en'),
  zh: tableOf(colours, 'zh'),
};

/** The singular forms that an English word may have, itself first. */
export function singularsOf(word: string): readonly string[] {
  const forms = [word];
  if (word.endsWith('ies')) forms.push(`${word.slice(0, -3)}y`);
  if (word.endsWith('es')) forms.push(word.slice(0, -2));
  if (word.endsWith('s')) forms.push(word.slice(0, -1));
  return forms;
}
