/** Requests to recolour one thing on a real photo, found by words; the colours were chosen before any answer was seen. */
import type { ColourId } from '../../edits.ts';

export interface RegionCase {
  /** Name in the photo store. */
  readonly photo: string;
  /** Which of the photo's outlined things is meant. */
  readonly object: string;
  /** The words that find it. */
  readonly region: string;
  readonly instruction: string;
  readonly colour: ColourId;
}

type CaseLine = readonly [
  photo: string,
  object: string,
  region: string,
  instruction: string,
  colour: ColourId,
];

const lines: readonly CaseLine[] = [
  ['opencv-doc:text/scenetext06', 'red car', 'the car', 'make the car green', 'green'],
  ['opencv-doc:text/scenetext01', 'car', 'the car', 'make the car red', 'red'],
  ['labelme-examples:2011_000025', 'bus', 'the bus', 'make the bus blue', 'blue'],
  ['opencv-doc:data/apple', 'apple', 'the apple', 'make the apple green', 'green'],
  ['psychtoolbox-3-common:stim5', 'rabbit', 'the rabbit', 'make the rabbit blue', 'blue'],
  ['python-kivy-examples:faust_github', 'cup', 'the cup', 'make the cup red', 'red'],
  ['python3-skimage:coffee', 'cup', 'the cup', 'make the cup blue', 'blue'],
  ['labelme-examples:0001', 'kitten', 'the cat', 'make the cat blue', 'blue'],
  ['gnome-taquin:1-march', 'cat', '猫', '把猫变成绿色', 'green'],
  ['opencv-doc:hfs/data/000', 'robin', 'the bird', 'make the bird blue', 'blue'],
  ['darknet:eagle', 'eagle', '鸟', '把鸟变成绿色', 'green'],
  ['opencv-doc:messi5', 'ball', 'the ball', 'make the ball red', 'red'],
  ['darknet:person', 'dog', 'the dog', 'make the dog red', 'red'],
  ['darknet:dog', 'dog', '狗', '把狗变成紫色', 'purple'],
  ['python3-skimage:motorcycle_left', 'motorcycle', 'the motorcycle', 'make the motorcycle blue', 'blue'],
  ['opencv-doc:left', 'white book', 'the white book', 'make the book pink', 'pink'],
];

export const regionCases: readonly RegionCase[] = lines.map(
  ([photo, object, region, instruction, colour]) => ({
    photo,
    object,
    region,
    instruction,
    colour,
  }),
);
