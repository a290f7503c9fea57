// Instructions about one thing of a photo and nothing else: another colour for it, or away with it. English and Chinese.
import { type ColourWord, colourOf } from './colour-words.ts';

/** What an instruction asks of one thing. */
export interface ObjectRequest {
  /** The words for the thing, as they were given. */
  readonly thing: string;
  /** What colour it shall have; absent: it shall be gone. */
  readonly colour?: ColourWord;
}

/** What a piece of an instruction is: a colour, a wish that something be gone, a word that means nothing here, or a thing. */
type Kind = 'colour' | 'gone' | 'idle' | 'thing';

interface Piece {
  readonly kind: Kind;
  readonly text: string;
  readonly start: number;
}

/** Longer instructions say more than one thing. */
const mostCharacters = 120;
const han = /\p{Script=Han}/u;
/** Words of another wish that hold a colour's name. */
const otherWish = /black[\s-]*(?:and|&|n)[\s-]*white|white[\s-]balance|黑白|白平衡/iu;
/** A thing that is more than one, or less than all of it. */
const several = /\b(?:and|or|but|except)\b|[,&和与及、，]/iu;

/**
 * Reads "make the red car blue", "I don't want the dog" or "把车变成红色": a colour or a wish that something be gone, one thing, and
 * words that mean nothing beside them. Undefined for any instruction with other words in it.
 */
export function readObjectRequest(instruction: string): ObjectRequest | undefined {
  const read = readPieces(instruction);
  const [thing] = read?.things ?? [];
  if (!read || !thing) return undefined;
  const { text, own, wanted, isGone } = read;
  const known = text.slice(own[0]?.start ?? thing.start, thing.start + thing.text.length);
  if (isGone) return wanted ? undefined : { thing: known };
  const colour = colourOf((wanted ?? own.at(-1))?.text ?? '');
  return colour && { thing: wanted ? known : thing.text, colour };
}

/** Whether an instruction wants something gone, and nothing else: "remove it", "把狗去掉". */
export function wantsGone(instruction: string): boolean {
  const read = readPieces(instruction);
  return read?.isGone === true && !read.wanted;
}

interface Read {
  readonly text: string;
  /** At most one. */
  readonly things: readonly Piece[];
  /** Colours that say which thing is meant. */
  readonly own: readonly Piece[];
  /** The colour that is asked for. */
  readonly wanted: Piece | undefined;
  readonly isGone: boolean;
}

/** Undefined for an instruction that is long, names several things, or means something else by a colour. */
function readPieces(instruction: string): Read | undefined {
  if (instruction.length > mostCharacters || otherWish.test(instruction)) return undefined;
  const text = instruction.normalize('NFKC').replace(/[’‘]/gu, "'").replace(/\s+/gu, ' ').trim();
  const pieces = han.test(text) ? chinesePieces(text) : englishPieces(text);
  const things = joined(pieces, text);
  const [thing] = things;
  if (things.length > 1 || (thing && several.test(thing.text))) return undefined;
  const colours = pieces.filter(({ kind }) => kind === 'colour');
  const own = thing ? coloursBefore(thing, colours, text) : [];
  const wanted = colours.filter((colour) => !own.includes(colour)).at(-1);
  return { text, things, own, wanted, isGone: pieces.some(({ kind }) => kind === 'gone') };
}

/** Things that stand side by side as one. */
function joined(pieces: readonly Piece[], text: string): Piece[] {
  const things: Piece[] = [];
  for (const [i, piece] of pieces.entries()) {
    if (piece.kind !== 'thing') continue;
    const before = things.at(-1);
    if (before && pieces[i - 1]?.kind === 'thing') {
      const end = piece.start + piece.text.length;
      things[things.length - 1] = { ...before, text: text.slice(before.start, end) };
    } else things.push(piece);
  }
  return things;
}

/** Colours right before the thing, which say which one is meant: the red car. */
function coloursBefore(thing: Piece, colours: readonly Piece[], text: string): Piece[] {
  const own: Piece[] = [];
  let start = thing.start;
  for (const colour of colours.toReversed()) {
    const end = colour.start + colour.text.length;
    if (end > start || text.slice(end, start).trim() !== '') continue;
    own.unshift(colour);
    start = colour.start;
  }
  return own;
}

/** Alternatives of an expression, the longest first: none may hide one that begins with it. */
const words = (text: string): string => {
  const all = text
    .trim()
    .split(/\s+/)
    .map((word) => word.replaceAll('_', ' '));
  return all.sort((a, b) => b.length - a.length).join('|');
};

const gone = words(`
  get_rid_of remove removed removing delete deleted erase erased eliminate eliminated discard discarded clear cleared wipe wiped
  take taken cut crop hide hidden lose lost drop dropped vanish vanished disappear disappeared gone go_away goes_away should_go must_go has_to_go have_to_go
  needs_to_go gotta_go without no_more no
  don't_want do_not_want don't_need do_not_need doesn't_belong does_not_belong
`);
const idle = words(`
  a an the this that these those some my our your his her their its it i me we you us i'd i'll i'm we'd
  please pls kindly just now hey hi hello ok okay thanks thank thx
  can could would will shall should must may might let let's want wants wanted need needs like love wish has have had
  be is are was as do does did so all of in on at to into from for with by than out off away up over more any longer anymore
  make makes made making turn turned change changed switch switched replace replaced set give given get put paint painted repaint
  repainted colour colours coloured colouring color colors colored coloring recolour recoloured recolor recolored dye dyed tint
  tinted edit edited look looks looking appear appears become becomes go goes see show one ones instead there here
  photo photos photograph picture pictures pic image images scene shot snapshot frame view whole entire completely entirely
  nice bit little slightly very really totally fully
`);
/** Words that only say how much of a colour is meant, before its name. */
const shade = /^(?:bright|light|dark|deep|pale|vivid)$/iu;
const englishWords = /[\p{L}\p{N}]+(?:['-][\p{L}\p{N}]+)*|[^\s]/gu;
const englishGone = new RegExp(`\\b(?:${gone})\\b|\\bedit(?=.*\\bout\\b)`, 'giu');
const idleWord = new RegExp(`^(?:${idle}|[.!?~,;:"()]+)$`, 'iu');

function englishPieces(text: string): Piece[] {
  const wishes = [...text.matchAll(englishGone)].map((match) => ({ start: match.index, text: match[0] }));
  const isWish = (start: number): boolean =>
    wishes.some((wish) => start >= wish.start && start < wish.start + wish.text.length);
  return [...text.matchAll(englishWords)].map((match, i, all): Piece => {
    const [word] = match;
    const piece = { text: word, start: match.index };
    if (isWish(match.index)) return { ...piece, kind: 'gone' };
    const isShade = shade.test(word) && colourOf(all[i + 1]?.[0] ?? '') !== undefined;
    if (isShade || idleWord.test(word)) return { ...piece, kind: 'idle' };
    return { ...piece, kind: colourOf(word) ? 'colour' : 'thing' };
  });
}

const chineseParts = new RegExp(
  [
    `(?<gone>${words(`
      去掉 去除 移除 移走 移掉 移开 删除 删掉 删去 删了 删 消除 清除 清掉 抹掉 抹去 抹除 擦掉 擦除 擦去 抠掉 抠除 P掉 p掉 裁掉 裁去 拿掉
      拿走 弄走 弄掉 弄没 除去 除掉 隐藏 藏起来 不想看到 不想看见 不想要 不需要 不要 没有 不留 消失 不见 没了 走开 去
    `)})`,
    '(?<colour>粉红|[红橙橘黄绿蓝紫粉白黑])',
    `(?<idle>${words(`
      帮个忙 帮我 帮忙 帮 麻烦 请 给我 我想要 我想 我要 想要 想 希望 能不能 可不可以 是否 可否 可以 能够 能 您 你 我们 我 把 将 给 让 使 叫 令
      变成 变为 变得 变 改成 改为 改 换成 换为 换 涂成 涂 染成 染上 染 画成 画 弄成 弄 调成 调 刷成 刷 漆成 漆 P成 p成 P p 做成 做 搞成 转成
      转 成 为 作 上 用 要 应该 应当 是 看起来 看上去 显得 颜色 色彩 色 的 地 得 了 吧 吗 呢 呀 啊 哦 嘛 谢谢 谢 一下 一点 有点 现在 就 都 全部
      整张 整个 整幅 画面 照片 相片 图片 图像 图 场景 这幅画 这幅图 这幅 幅 里面 里边 里头 里 当中 中 上面 上边 从 在 像 也 画儿 它 这个 那个 这张 那张 这 那 个 只 张 辆 条 朵 顶 艘
      件 一
    `)})`,
    '(?<mark>[\\s.!?~,;:"()，。！？～；：、“”]+)',
    '(?<thing>.)',
  ].join('|'),
  'gsu',
);

function chinesePieces(text: string): Piece[] {
  return [...text.matchAll(chineseParts)].map((match): Piece => {
    const { mark, ...groups } = match.groups as Record<string, string | undefined>;
    const kind = mark === undefined ? Object.keys(groups).find((name) => groups[name] !== undefined) : 'idle';
    return { kind: kind as Kind, text: match[0], start: match.index };
  });
}
