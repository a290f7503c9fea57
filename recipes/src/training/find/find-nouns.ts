/** What people call the things that object edits name; the words of COCO's classes where a class is the thing. */
import { type ObjectId, objectIds } from '../../edits.ts';
import { cocoNouns } from '../detect/coco-nouns.ts';
import { type NamedNoun, readNouns } from '../detect/noun-lines.ts';

/** COCO's class of each thing that has one under another name. */
const cocoNames: Readonly<Partial<Record<ObjectId, string>>> = { ball: 'sports ball' };

const others = `
balloon: balloon air_balloon party_balloon | 气球
flower: flower blossom bloom rose tulip sunflower daisy lily bouquet hibiscus orchid | 花 花朵 鲜花 玫瑰 郁金香 向日葵 菊花 花束
hat: hat cap top_hat straw_hat sun_hat helmet bonnet beanie | 帽子 帽 礼帽 草帽 太阳帽 头盔
fish: fish goldfish tropical_fish trout salmon carp | 鱼 小鱼 金鱼 热带鱼 鲤鱼
`;

/** The finder's nouns: one for each thing. */
export function findNouns(): NamedNoun[] {
  const known = [...readNouns(others), ...cocoNouns()];
  return objectIds.map((id) => {
    const label = cocoNames[id] ?? id;
    const noun = known.find(({ labels }) => labels.length === 1 && labels[0] === label);
    if (!noun) throw new Error(`expected words for ${id}, came none`);
    return { ...noun, labels: [id] };
  });
}
