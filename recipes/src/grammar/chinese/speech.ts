import { type Degrees, type Opening, pick, pickOpening, type Speech } from '../language.ts';
import { colourNames, objectNames, objectTemplates } from './object.ts';
import { sceneTemplates } from './scene.ts';
import { styleTemplates } from './style.ts';
import { toneTemplates } from './tone.ts';

const degrees: Readonly<Record<string, Degrees>> = {
  cmp: {
    slight: ['稍微*一点', '*一点', '略微*一些', '*一点点', '稍微*一些', '稍微*点', '略微*'],
    normal: ['更*', '更加*', '*些'],
    strong: ['*很多', '*得多', '非常*', '特别*', '很*很*', '*许多', '极其*'],
  },
  adj: {
    slight: ['稍微*', '有点*', '略微*', '有一点*'],
    normal: ['*'],
    strong: ['非常*', '很*', '特别*', '十分*', '极其*'],
  },
  adv: {
    slight: ['稍微*', '略微*', '轻微*', '小幅*', '稍微*一点'],
    normal: ['*'],
    strong: ['大幅*', '大大*', '显著*', '明显*', '大幅度*'],
  },
  res: {
    slight: ['稍微*', '*一点', '*一点点', '略微*', '稍微*一点', '稍微*一些'],
    normal: ['*'],
    strong: ['*很多', '大幅*', '大大*', '*许多', '大幅度*'],
  },
  some: {
    slight: ['一点*', '一点点*', '少许*', '少量*'],
    normal: ['*', '*', '一些*'],
    strong: ['很多*', '大量*', '许多*', '非常多的*'],
  },
  a: {
    slight: ['轻微的*', '淡淡的*', '一点*', '微弱的*'],
    normal: ['*'],
    strong: ['强烈的*', '浓浓的*', '很强的*', '非常强的*', '明显的*'],
  },
};

const afterthoughts: Degrees = {
  slight: ['，稍微就好', '，轻微一点', '，只要一点', '，稍微一点'],
  normal: [''],
  strong: ['，效果要强', '，非常强烈', '，程度要大', '，越强越好', '，效果强烈'],
};

const plain: Opening = [1, '', ''];

const openings: readonly Opening[] = [
  [42, '', ''],
  [14, '请', ''],
  [12, '帮我', ''],
  [8, '请帮我', ''],
  [3, '麻烦', ''],
  [3, '麻烦你', ''],
  [4, '能', '吗'],
  [4, '可以', '吗'],
  [3, '能帮我', '吗'],
  [3, '你能', '吗'],
  [2, '能不能', ''],
  [2, '给我', ''],
];

function dress(text: string, isCommand: boolean, random: () => number): string {
  const [, opening, question] = isCommand ? pickOpening(openings, random) : plain;
  const asks = question !== '' || opening === '能不能' || /(吗|什么样)$/u.test(text);
  let said = opening + text + question;
  if (!asks && random() < 0.06) said += pick(['，谢谢', '谢谢', '，谢谢你'], random);
  return (
    said + (asks ? pick(['？', '?', ''], random) : pick(['', '', '', '', '。', '。', '！', '.'], random))
  );
}

export const chinese: Speech = {
  templates: { ...toneTemplates, ...styleTemplates, ...sceneTemplates, ...objectTemplates },
  pronouns: ['它', '照片', '图片', '画面', '这张照片'],
  photo: [
    '照片',
    '照片',
    '图片',
    '图片',
    '画面',
    '这张照片',
    '这张图',
    '这张图片',
    '图像',
    '整张照片',
    '这幅图',
    '我的照片',
    '场景',
    '整个画面',
  ],
  objects: objectNames,
  colours: colourNames,
  degrees,
  afterthoughts,
  dress,
  units: (text) => text.match(/\p{Script=Han}/gu) ?? [],
};
