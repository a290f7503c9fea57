/** One training example: a scene, what is asked of it, and the teacher's answer. */
import type { CutoutStore, PhotoStore } from '../data/store.ts';
import { type Dice, dice } from '../dice.ts';
import { colourIds, type EditId, type EditRequest, editIds, type Strength } from '../edits.ts';
import { compounds } from '../grammar/compound.ts';
import type { Pixels } from '../pixels.ts';
import { labOf } from '../teachers/lab.ts';
import type { Scene } from '../teachers/scene.ts';
import { hasSky } from '../teachers/sky.ts';
import { teach } from '../teachers/table.ts';
import { leafiness, leafWeights } from '../teachers/vegetation.ts';
import { composeScene, laidVaried, plainScene } from './compose.ts';
import { type Curriculum, curricula } from './curriculum.ts';
import { randomView, type Size } from './view.ts';

export interface Sources {
  readonly photos: PhotoStore;
  readonly cutouts: CutoutStore;
}

export interface Example {
  readonly request: EditRequest;
  readonly before: Pixels;
  readonly after: Pixels;
}

/** How often an edit that could do without has an object in its scene. */
const objectShare = 0.15;
/** Looks at no more views than this for one that suits the edit. */
const patience = 12;

const needsObject: ReadonlySet<EditId> = new Set(['recolour_object', 'remove_object']);

/** Example `index` of the endless list that `seed` names. */
export function drawExample(
  sources: Sources,
  size: Size,
  seed: number,
  index: number,
  curriculum: Curriculum = curricula.tone,
): Example {
  const random = dice(seed, index);
  if (curriculum.compoundShare > 0 && random() < curriculum.compoundShare)
    return drawCompound(sources, size, random);
  const id = drawEdit(curriculum, random);
  const scene = suitableScene(sources, size, id, random);
  const request = drawRequest(id, scene, random);
  return { request, before: scene.image, after: teach(scene, request) };
}

function drawCompound(sources: Sources, size: Size, random: Dice): Example {
  const [id, also] = compounds[Math.floor(random() * compounds.length)] as readonly [EditId, EditId];
  const scene = suitableScene(sources, size, id, random);
  const first = teach(scene, { id, strength: 'normal' });
  // The sky is where it was, whatever its colour has become.
  const after = teach({ ...scene, image: first }, { id: also, strength: 'normal' });
  return { request: { id, strength: 'normal', also }, before: scene.image, after };
}

function drawEdit({ emphasis }: Curriculum, random: Dice): EditId {
  const total = editIds.reduce((sum, id) => sum + (emphasis[id] ?? 1), 0);
  let rest = random() * total;
  for (const id of editIds) {
    rest -= emphasis[id] ?? 1;
    if (rest < 0) return id;
  }
  return 'keep';
}

/** The request of an edit on a scene: strength, and for objects which one and which colour. */
export function drawRequest(id: EditId, scene: Scene, random: Dice): EditRequest {
  const roll = random();
  const strength: Strength = roll < 0.6 ? 'normal' : roll < 0.8 ? 'slight' : 'strong';
  if (!needsObject.has(id) || !scene.object) return { id, strength };
  const object = scene.object.id;
  if (id === 'remove_object') return { id, strength: 'normal', object };
  const colour = colourIds[Math.floor(random() * colourIds.length)] as (typeof colourIds)[number];
  return { id, strength: 'normal', object, colour };
}

function suitableScene(sources: Sources, size: Size, id: EditId, random: Dice): Scene {
  const draw = (): Scene => {
    const { photos } = sources;
    const view = randomView(photos.photo(Math.floor(random() * photos.entries.length)), size, random);
    const composed = needsObject.has(id) || random() < objectShare;
    return composed ? composeScene(view, sources.cutouts, random, laidVaried) : plainScene(view);
  };
  let scene = draw();
  for (let tries = 1; tries < patience && !suits(id, scene); tries++) scene = draw();
  return scene;
}

/** Whether a scene has what the edit acts on; a few examples without it are left, and teach to do nothing. */
function suits(id: EditId, scene: Scene): boolean {
  if (id.startsWith('sky_')) return hasSky(scene.sky);
  if (id !== 'autumn' && id !== 'spring') return true;
  const weights = leafWeights(labOf(scene.image), leafiness);
  return weights.reduce((sum, weight) => sum + weight, 0) > 0.12 * weights.length;
}
