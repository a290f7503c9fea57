/** What a sentence asks for once politeness, frames and grading words are taken off. */
import type { Degree, Speech } from './wordings.ts';

/** English words that frame a wish and say nothing of what is wished. */
const fillers: ReadonlySet<string> = new Set(
  `a an the this that these those it its i you we my our your me us im i'm i'd
  make makes making turn turned turns change changed convert transform edit adjust set get give render redo show have has create do
  go going try help let lets put want would like love need needs should must wish prefer can could will may might what how
  be is are was were been being look looks looking appear seem seems feel feels become
  like into to as if though so such of from in on at with for by over
  photo photograph picture image pic pics photos img shot snapshot scene one whole entire everything overall
  taken filter effect effects style look version mode vibe vibes feel feeling mood atmosphere aesthetic
  please pls plz kindly thanks thank hey hi hello now just maybe`.split(/\s+/u),
);

const chineseFillers = new RegExp(
  `能不能|可不可以|可以|能否|能|请|帮我|帮忙|麻烦你?|你|给我|我的|我?想要|我?想让|我?希望|我要|我想|谢谢你?|一下
  |[这那一](?:张|幅|个|只|条|辆|朵|艘|顶|把|台|些|位|棵|匹|架|层|场|片|种)?
  |整张|整个|整体|照片|相片|图片|图像|画面|场景|图|它
  |(?:换|变|改|弄|调|做|处理|转|转换|染|涂|画|p|ps)(?:成|为|得)|变|弄|调|看起来|看上去|显得|好?像(?!素)|一样|似的
  |效果|风格|滤镜|感觉|样子|气氛|氛围|模式|加上|加个|加点|添加|增添|加|使用|应用|套用|用
  |应该|需要|一?些|带有|里面|更加|然后|把|将|让|使|给|的|地|得|之|感|样|要|有|带|成|拍|里|中|上|更|再|为|是|来|了|吗|吧|呢|啊|呀|哦`.replaceAll(
    /\s+/gu,
    '',
  ),
  'gu',
);

const coreReaders: Readonly<Record<Speech, (text: string) => string>> = {
  en: (text) =>
    text
      .replaceAll(/\b(?:don't|do not) want(?: to see)?\b/gu, 'without')
      .replaceAll('color', 'colour')
      .replaceAll(/\bgray/gu, 'grey')
      .replaceAll(/[^a-z0-9&+/']+/gu, ' ')
      .replaceAll(/(?<=[a-z])'s\b/gu, '')
      .split(' ')
      .filter((word) => word !== '' && !fillers.has(word))
      .join(' '),
  zh: (text) => text.replaceAll(/[\s\p{P}]+/gu, '').replaceAll(chineseFillers, ''),
};

/** The words of a sentence that say what is wished, in their order; the same for every way to frame them. */
export function coreOf(sentence: string, speech: Speech): string {
  return coreReaders[speech](sentence.toLowerCase());
}

const degreeWords: Readonly<Record<Speech, Readonly<Record<Exclude<Degree, 'normal'>, RegExp>>>> = {
  en: {
    slight:
      /\b(?:just )?(?:a (?:little|tiny|small|wee) bit|a (?:little|bit|touch|tad|hint|smidge)|slight(?:ly)?|somewhat|gent(?:ly|le)|subt(?:ly|le)|mild(?:ly)?|kinda|lightly)(?: of)?\b/giu,
    strong:
      /\b(?:as (?:much|strong(?:ly)?) as possible|very(?: much)?|really|(?:so )?much|(?:quite )?a lot(?: of)?|lots(?: of)?|a ton of|tons of|way|far|extreme(?:ly)?|super|ultra|strong(?:ly)?|heav(?:y|ily)|considerabl[ey]|significantly|dramatically|drastically|intense(?:ly)?|totally|completely|incredibly|hugely|deeply)\b/giu,
  },
  zh: {
    slight: /稍稍|稍微|略微|轻微|微微|少许|少量|淡淡|一?点点|一点儿?|点儿|稍|略|点$/gu,
    strong:
      /非常|特别|十分|极其|极度|超级|超|大幅度?|大大|显著|明显|强烈|很多|[很极最]|得多|许多|大量|多多|浓浓|彻底|完全/gu,
  },
};

/** The sentence without the words that grade it, and how strongly they ask; undefined when they contradict each other. */
export function takeDegree(
  sentence: string,
  speech: Speech,
): { readonly text: string; readonly degree: Degree } | undefined {
  const { slight, strong } = degreeWords[speech];
  const withoutSlight = sentence.replaceAll(slight, ' ');
  const text = withoutSlight.replaceAll(strong, ' ');
  const isSlight = withoutSlight !== sentence;
  const isStrong = text !== withoutSlight;
  if (isSlight && isStrong) return undefined;
  return { text, degree: isSlight ? 'slight' : isStrong ? 'strong' : 'normal' };
}

const statements: Readonly<Record<Speech, RegExp>> = {
  en: /^(?:it|this|that|(?:the|this|that|my) (?:photo|picture|image|pic|shot))(?:'s| is| looks| seems| was)\b(?!.*\btoo\b)/iu,
  zh: /^(?:这[张幅]|我的)?(?:照片|相片|图片|图|画面|它)(?:有点|有些|很|真|好|挺|比较|是)/u,
};

/** Whether the sentence tells how the photo is ("it's a bit dark"), which may mean the opposite of what it names. */
export function isStatement(sentence: string, speech: Speech): boolean {
  return statements[speech].test(sentence);
}
