/** How well a captioner does on photos with a caption and on composed pictures whose contents are known. */

import { fromFloat32Image, type Raster } from '@darkroom/gpu-worker/image/raster';
import type { Captioner } from '@darkroom/gpu-worker/vision/captioner';
import type { PhotoStore } from '../../data/store.ts';
import { captionOf, groupsOf } from '../../training/caption/facts-caption.ts';
import { type Group, groupPhrase, placeBefore } from '../../training/caption/grammar.ts';
import type { PhotoCaptions } from '../../training/caption/photo-captions.ts';
import { drawPicture, type PictureFacts, type PictureSources } from '../../training/caption/pictures.ts';
import { type CaptionPair, corpusBleu } from './bleu.ts';
import { thingsIn } from './caption-words.ts';

/** A picture, what was said about it, and what should have been. */
export interface Captioned extends CaptionPair {
  readonly id: string;
  readonly raster: Raster;
  readonly score: number;
}

/** Figures of captions against one reference each. */
export interface CaptionFigures {
  readonly pictures: number;
  /** Share of the things named that the reference names too. */
  readonly precision: number;
  /** Share of the reference's things that were named. */
  readonly recall: number;
  readonly bleu1: number;
  readonly bleu4: number;
}

/** Captions of photos, those without a reference left out. */
export async function captionPhotos(
  captioner: Captioner,
  photos: PhotoStore,
  captions: PhotoCaptions,
): Promise<Captioned[]> {
  const captioned: Captioned[] = [];
  for (const [index, { id, caption: stored }] of photos.entries.entries()) {
    const wanted = captions.get(id) ?? stored;
    if (!wanted) continue;
    const { width, height, rgb } = photos.photo(index);
    const raster: Raster = { width, height, channels: 3, data: rgb };
    const { caption: said, score } = await captioner.caption(raster);
    captioned.push({ id, raster, said, wanted, score });
  }
  return captioned;
}

export function captionFigures(pairs: readonly CaptionPair[]): CaptionFigures {
  let [both, said, wanted] = [0, 0, 0];
  for (const pair of pairs) {
    const [named, asked] = [thingsIn(pair.said), thingsIn(pair.wanted)];
    both += named.intersection(asked).size;
    said += named.size;
    wanted += asked.size;
  }
  return {
    pictures: pairs.length,
    precision: both / Math.max(1, said),
    recall: both / Math.max(1, wanted),
    bleu1: corpusBleu(pairs, 1),
    bleu4: corpusBleu(pairs, 4),
  };
}

/** A composed picture and its caption. */
export interface CaptionedScene extends Captioned {
  readonly facts: PictureFacts;
}

/** Composed pictures of the held-out side; those with nothing laid over are skipped. */
export async function captionScenes(
  captioner: Captioner,
  { sources, captions }: { readonly sources: PictureSources; readonly captions: PhotoCaptions },
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<CaptionedScene[]> {
  const scenes: CaptionedScene[] = [];
  for (let index = 0; scenes.length < count; index++) {
    const { image, facts } = drawPicture(sources, seed, index);
    if (facts.things.length === 0) continue;
    const raster = fromFloat32Image(image);
    const { caption: said, score } = await captioner.caption(raster);
    scenes.push({ id: `scene ${index}`, raster, said, wanted: captionOf(facts, captions), score, facts });
  }
  return scenes;
}

/** Shares of what captions of composed pictures had to say that they said. */
export interface SlotFigures {
  /** Of the nouns. */
  readonly noun: number;
  /** Of the nouns that were said: their number is right. */
  readonly count: number;
  /** Of the nouns with a colour that were said: their colour is right. */
  readonly colour: number;
  /** The place is right, word by word. */
  readonly place: number;
}

export function slotFigures(scenes: readonly CaptionedScene[], captions: PhotoCaptions): SlotFigures {
  const hits = { noun: [0, 0], count: [0, 0], colour: [0, 0], place: [0, 0] } satisfies Record<
    string,
    number[]
  >;
  const tally = (slot: keyof typeof hits, isRight: boolean): void => {
    hits[slot][0] = (hits[slot][0] as number) + Number(isRight);
    hits[slot][1] = (hits[slot][1] as number) + 1;
  };
  for (const { said, facts } of scenes) {
    for (const group of groupsOf(facts.things)) {
      const isNamed = saysNoun(said, group);
      tally('noun', isNamed);
      if (!isNamed) continue;
      tally('count', saysCount(said, group));
      if (group.colour) tally('colour', new RegExp(`\\b${group.colour} (?:${formsOf(group)})\\b`).test(said));
    }
    const place = placeBefore(captions.get(facts.photo) as string);
    if (place) tally('place', said.endsWith(place));
  }
  const share = (slot: keyof typeof hits): number =>
    (hits[slot][0] as number) / Math.max(1, hits[slot][1] as number);
  return { noun: share('noun'), count: share('count'), colour: share('colour'), place: share('place') };
}

function formsOf({ noun }: Group): string {
  return `${noun.one.replace(/^pair of /, '')}|${noun.many}`;
}

function saysNoun(said: string, group: Group): boolean {
  return new RegExp(`\\b(?:${formsOf(group)})\\b`).test(said);
}

/** The number word is the one of the group's phrase. */
function saysCount(said: string, group: Group): boolean {
  const [number] = groupPhrase(group).split(' ');
  const article = number === 'a' || number === 'an' ? 'an?' : number;
  return new RegExp(`\\b${article} (?:pair of )?(?:\\w+ )?(?:${formsOf(group)})\\b`).test(said);
}
