import { describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import { type EditId, type EditRequest, editIds } from '../edits.ts';
import { drawScene } from '../teachers/drawn-scene.ts';
import type { Scene } from '../teachers/scene.ts';
import { teach } from '../teachers/table.ts';
import { judge } from './rules.ts';
import { applies } from './rules-applies.ts';

const scenes: readonly Scene[] = Array.from({ length: 6 }, (_, seed) => drawScene(64, dice(seed, 2)));

function requestOf(id: EditId): EditRequest {
  return { id, strength: 'normal', object: 'ball', colour: 'blue' };
}

function fairScenes(id: EditId): readonly Scene[] {
  return scenes.filter((scene) => applies(id, scene));
}

describe('rules', () => {
  it.each(editIds.filter((id) => id !== 'keep' && id !== 'recolour_object'))(
    '%s is not satisfied by the photo as it was',
    (id) => {
      const fair = fairScenes(id);
      expect(fair.length).toBeGreaterThan(0);
      for (const scene of fair) expect(judge(scene, scene.image, requestOf(id)).ok).toBe(false);
    },
  );

  it.each([
    ['warmer', 'cooler'],
    ['cooler', 'warmer'],
    ['brighter', 'darker'],
    ['darker', 'brighter'],
    ['more_contrast', 'less_contrast'],
    ['less_contrast', 'more_contrast'],
    ['more_saturated', 'muted'],
    ['muted', 'more_saturated'],
    ['blur', 'sharpen'],
    ['sharpen', 'blur'],
    ['night', 'sunset'],
    ['sunset', 'night'],
    ['snow', 'autumn'],
    ['autumn', 'spring'],
    ['spring', 'autumn'],
    ['sky_pink', 'sky_dramatic'],
    ['sky_orange', 'sky_pink'],
    ['sepia', 'black_and_white'],
    ['black_and_white', 'sepia'],
    ['sketch', 'black_and_white'],
    ['painting', 'sketch'],
    ['keep', 'warmer'],
    ['recolour_object', 'remove_object'],
    ['remove_object', 'recolour_object'],
  ] as const)('%s is not satisfied by a teacher of %s', (asked, done) => {
    const passed = fairScenes(asked).filter(
      (scene) => judge(scene, teach(scene, requestOf(done)), requestOf(asked)).ok,
    );
    expect(passed.length).toBeLessThanOrEqual(fairScenes(asked).length * 0.25);
  });
});

describe('thresholds', () => {
  it('a region edit that also repaints the rest fails', () => {
    const scene = fairScenes('sky_orange')[0] as Scene;
    const everywhere = teach(scene, { id: 'sunset', strength: 'strong' });
    const verdict = judge(scene, everywhere, requestOf('sky_orange'));
    expect(verdict.figures['outside']).toBeGreaterThan(6);
    expect(verdict.ok).toBe(false);
  });

  it('a slight edit may pass where a normal one was asked for in vain', () => {
    const scene = fairScenes('brighter')[0] as Scene;
    const data = scene.image.data.map((value) => Math.min(1, value * 1.08));
    const after = { ...scene.image, data };
    expect(judge(scene, after, { id: 'brighter', strength: 'slight' }).ok).toBe(true);
    expect(judge(scene, after, { id: 'brighter', strength: 'normal' }).ok).toBe(false);
  });

  it('an edit applies only where it has something to act on', () => {
    const grey = drawScene(96, dice(0, 2)).image;
    const blank = { width: 96, height: 96, data: new Float32Array(grey.data.length).fill(0.5) };
    const scene: Scene = { image: blank, sky: { width: 96, height: 96, data: new Float32Array(96 * 96) } };
    const applicable = editIds.filter((id) => applies(id, scene));
    expect(applicable).toEqual([
      'keep',
      'sepia',
      'warmer',
      'cooler',
      'brighter',
      'darker',
      'night',
      'sunset',
    ]);
  });
});
