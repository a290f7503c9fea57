/** The held-out cases: pictures and wordings that no training step has seen. */
import type { CutoutStore, PhotoStore } from '../data/store.ts';
import { type Dice, dice } from '../dice.ts';
import { type EditId, type EditRequest, editIds } from '../edits.ts';
import { sampleInstruction } from '../grammar/instruction.ts';
import { languages } from '../grammar/language.ts';
import type { Scene } from '../teachers/scene.ts';
import { composeScene, plainScene } from '../training/compose.ts';
import { drawRequest } from '../training/example.ts';
import { centralView, type Size } from '../training/view.ts';
import { applies } from './rules-applies.ts';

export interface Case {
  readonly photo: string;
  readonly scene: Scene;
  readonly request: EditRequest;
  /** One wording per language. */
  readonly instructions: readonly string[];
}

const longSide = 512;
const composed: ReadonlySet<EditId> = new Set(['recolour_object', 'remove_object']);

/** Up to `count` cases of one edit, from photos that give it something to do, always the same ones. */
export function casesOf(
  id: EditId,
  { photos, cutouts }: { readonly photos: PhotoStore; readonly cutouts: CutoutStore },
  count: number,
): Case[] {
  const seed = 1000 + editIds.indexOf(id);
  const cases: Case[] = [];
  for (const index of shuffled(photos.entries.length, dice(seed, 0))) {
    if (cases.length === count) break;
    const photo = photos.photo(index);
    const random = dice(seed, index + 1);
    const view = centralView(photo, viewSize(photo));
    const scene = composed.has(id) ? composeScene(view, cutouts, random) : plainScene(view);
    if (!applies(id, scene)) continue;
    const request: EditRequest = { ...drawRequest(id, scene, random), strength: 'normal' };
    const instructions = languages.map((language) => sampleInstruction(request, 'heldout', language, random));
    cases.push({ photo: photos.entries[index]?.id ?? '', scene, request, instructions });
  }
  return cases;
}

/** The photo's own shape, its longer side at most 512 px. */
function viewSize({ width, height }: Size): Size {
  const factor = Math.min(1, longSide / Math.max(width, height));
  return { width: Math.round(width * factor), height: Math.round(height * factor) };
}

function shuffled(count: number, random: Dice): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
