/** How many things of held-out composed scenes the detector finds by their names. */
import { boxIou } from '@darkroom/gpu-worker/vision/boxes';
import type { Detector } from '@darkroom/gpu-worker/vision/detector';
import { NounBook } from '@darkroom/gpu-worker/vision/noun-book';
import { readQuery } from '@darkroom/gpu-worker/vision/noun-phrase';
import type { SceneSources } from '../../compositions/scene.ts';
import { BalancedScenes } from './balanced-scenes.ts';
import { cocoNouns } from './coco-nouns.ts';
import { pictureNouns } from './picture-nouns.ts';

/** Things of a group, and what came of asking for them. */
export interface NounFigures {
  things: number;
  /** Found by the English name, and by the Chinese one. */
  english: number;
  chinese: number;
  /** Answers to the English name that lie on nothing of it. */
  wrong: number;
  /** Names of things that are not in the scene, and answers to them. */
  absent: number;
  absentAnswers: number;
}

type Group = 'published classes' | 'taught nouns';

const fitting = 0.5;

/**
 * Asks each scene for what is in it, by both languages' first words, and for as many taught nouns that are not.
 * @param seed of the scenes; no scene of training has it
 */
export async function measureNouns(
  detector: Detector,
  sources: SceneSources,
  { scenes, seed, side }: { readonly scenes: number; readonly seed: number; readonly side: number },
): Promise<Record<Group, NounFigures>> {
  const picture = pictureNouns();
  const coco = cocoNouns();
  const book = new NounBook([...coco, ...picture.map((noun, taught) => ({ ...noun, taught }))]);
  const drawer = new BalancedScenes(sources, book);
  const figures = { 'published classes': nothing(), 'taught nouns': nothing() };
  for (let index = 0; index < scenes; index++) {
    const { image, instances } = drawer.draw({ size: { width: side, height: side }, seed, index });
    const data = Uint8Array.from(image.data, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
    const raster = { width: side, height: side, channels: 3 as const, data };
    const shown = instances.flatMap(({ noun, box }) => {
      const read = noun === undefined ? undefined : readQuery(noun, book)[0]?.noun;
      return read ? [{ noun: read, box }] : [];
    });
    const nouns = new Set(shown.map(({ noun }) => noun));
    for (const noun of nouns) {
      const group = figures[noun.taught === undefined ? 'published classes' : 'taught nouns'];
      const boxes = shown.filter((thing) => thing.noun === noun).map(({ box }) => box);
      group.things += boxes.length;
      const [english, chinese] = [noun.english[0] as string, noun.chinese[0] as string];
      const found = await detector.detect(raster, [english]);
      const hits = boxes.filter((box) => found.some((thing) => boxIou(thing.box, box) >= fitting)).length;
      group.english += hits;
      group.wrong += found.filter((thing) => boxes.every((box) => boxIou(thing.box, box) < fitting)).length;
      const inChinese = await detector.detect(raster, [chinese]);
      group.chinese += boxes.filter((box) =>
        inChinese.some((thing) => boxIou(thing.box, box) >= fitting),
      ).length;
    }
    const absent = picture[(index * 37) % picture.length];
    if (!absent || shown.some(({ noun }) => noun.english[0] === absent.english[0])) continue;
    figures['taught nouns'].absent += 1;
    figures['taught nouns'].absentAnswers += (
      await detector.detect(raster, [absent.english[0] as string])
    ).length;
  }
  return figures;
}

function nothing(): NounFigures {
  return { things: 0, english: 0, chinese: 0, wrong: 0, absent: 0, absentAnswers: 0 };
}
