/** Composed scenes: a view of a photo with cut-outs pasted in, their mattes known exactly. */
import { cutoutLayer, type Layer, tinted } from '../compositions/layer.ts';
import type { CutoutEntry, CutoutStore, StoredCutout } from '../data/store.ts';
import { between, type Dice } from '../dice.ts';
import type { ObjectId } from '../edits.ts';
import type { Mask, Pixels } from '../pixels.ts';
import type { Scene, SceneObject } from '../teachers/scene.ts';
import { skyMask } from '../teachers/sky.ts';
import { scaleCutout } from './view.ts';

/** Share of scenes that hold a second object, which the instruction does not name. */
const distractorShare = 0.35;

/** How a cut-out is drawn with its longest side `side` pixels long, or about that. */
export type Lay = (cutout: StoredCutout, side: number, random: Dice) => Layer;

/** As it is: measurements compose so. */
export const laidPlain: Lay = (cutout, side) => {
  const zoom = side / Math.max(cutout.width, cutout.height);
  const size = {
    width: Math.max(1, Math.round(cutout.width * zoom)),
    height: Math.max(1, Math.round(cutout.height * zoom)),
  };
  return { ...size, ...scaleCutout(cutout, size) };
};

/** Stretched, turned, mirrored and in other colours, so that few drawings stand for many. */
export const laidVaried: Lay = (cutout, side, random) => tinted(cutoutLayer(cutout, side, random), random);

/**
 * Pastes one object (and sometimes another kind beside it) into a photo; the last one pasted is the scene's object.
 * @param lay default: {@link laidPlain}
 */
export function composeScene(photo: Pixels, cutouts: CutoutStore, random: Dice, lay: Lay = laidPlain): Scene {
  const paste = (onto: Pixels, index: number) => pasteLayer(onto, cutouts.cutout(index), lay, random);
  const wanted = choose(cutouts, random);
  let background = photo;
  if (random() < distractorShare) {
    const other = choose(cutouts, random);
    if (other.entry.object !== wanted.entry.object) background = paste(background, other.index).image;
  }
  const { image, mask } = paste(background, wanted.index);
  const object: SceneObject = { id: wanted.entry.object, mask, background };
  return { image, sky: skyMask(image), object };
}

/** A photo as it is. */
export function plainScene(photo: Pixels): Scene {
  return { image: photo, sky: skyMask(photo) };
}

function choose(cutouts: CutoutStore, random: Dice): { readonly entry: CutoutEntry; readonly index: number } {
  // First the noun, so that nouns with many pictures are not seen more often.
  const nouns = [...new Set(cutouts.entries.map((entry) => entry.object))];
  const noun = nouns[Math.floor(random() * nouns.length)] as ObjectId;
  const indices = [...cutouts.entries.keys()].filter((i) => cutouts.entries[i]?.object === noun);
  const index = indices[Math.floor(random() * indices.length)] as number;
  return { entry: cutouts.entries[index] as CutoutEntry, index };
}

function pasteLayer(
  photo: Pixels,
  cutout: StoredCutout,
  lay: Lay,
  random: Dice,
): { readonly image: Pixels; readonly mask: Mask } {
  const reach = Math.min(photo.width, photo.height) * between(random, 0.3, 0.65);
  const { colour, alpha, ...size } = lay(cutout, reach, random);
  const left = Math.floor(random() * (photo.width - size.width + 1));
  const top = Math.floor(random() * (photo.height - size.height + 1));
  const brightness = between(random, 0.8, 1);
  const image = new Float32Array(photo.data);
  const mask = new Float32Array(photo.width * photo.height);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const from = y * size.width + x;
      const to = (top + y) * photo.width + left + x;
      const cover = alpha[from] as number;
      mask[to] = cover;
      for (let c = 0; c < 3; c++) {
        const behind = image[to * 3 + c] as number;
        const laid = behind * (1 - cover) + brightness * (colour[from * 3 + c] as number);
        image[to * 3 + c] = Math.min(1, laid);
      }
    }
  }
  const { width, height } = photo;
  return { image: { width, height, data: image }, mask: { width, height, data: mask } };
}
