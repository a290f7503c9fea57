import { describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import { colourIds, type EditId, type EditRequest, editIds, type Strength } from '../edits.ts';
import { judge } from '../evaluate/rules.ts';
import { applies } from '../evaluate/rules-applies.ts';
import { meanDifference } from '../evaluate/statistics.ts';
import type { Mask } from '../pixels.ts';
import { emptyMask } from './colour-map.ts';
import { drawScene } from './drawn-scene.ts';
import type { Scene } from './scene.ts';
import { teach } from './table.ts';

const scenes: readonly Scene[] = Array.from({ length: 12 }, (_, seed) => drawScene(64, dice(seed, 0)));
const first = scenes[0] as Scene;

function requestOf(id: EditId, strength: Strength, turn = 0): EditRequest {
  const colour = colourIds[turn % colourIds.length] ?? 'red';
  const object = 'ball';
  if (id === 'recolour_object') return { id, strength, object, colour };
  return id === 'remove_object' ? { id, strength, object } : { id, strength };
}

function effect(scene: Scene, request: EditRequest): number {
  return meanDifference(scene.image, teach(scene, request));
}

/** Number of values that differ, where the mask is 0 if there is one. */
function differing(found: Float32Array, expected: Float32Array, mask?: Mask): number {
  if (found.length !== expected.length) return Number.NaN;
  return found.filter((value, at) => value !== expected[at] && !(mask?.data[Math.floor(at / 3)] ?? 0)).length;
}

describe.each(editIds)('the %s teacher', (id) => {
  it.each(['slight', 'normal', 'strong'] as const)('passes its own rule at %s strength', (strength) => {
    const fair = scenes.filter((scene) => applies(id, scene));
    const passed = fair.filter((scene, turn) => {
      const request = requestOf(id, strength, turn);
      return judge(scene, teach(scene, request), request).ok;
    });
    expect(fair.length).toBeGreaterThanOrEqual(5);
    expect(passed.length / fair.length).toBeGreaterThanOrEqual(0.85);
  });

  it('gives the same picture twice, of the same size, in [0, 1], and leaves its input alone', () => {
    const before = first.image.data.slice();
    const request = requestOf(id, 'strong');
    const edited = teach(first, request);
    expect(differing(teach(first, request).data, edited.data)).toBe(0);
    expect([edited.width, edited.height]).toEqual([first.image.width, first.image.height]);
    expect(edited.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(differing(first.image.data, before)).toBe(0);
    expect(edited.data.buffer).not.toBe(first.image.data.buffer);
  });
});

describe('rounding', () => {
  it.each(editIds)('%s stays finite where resampling overshot [0, 1] by a rounding error', (id) => {
    const data = first.image.data.map((value, at) =>
      at % 5 === 0 ? 1 + 1e-6 : at % 7 === 0 ? -1e-6 : value,
    );
    const edited = teach({ ...first, image: { ...first.image, data } }, requestOf(id, 'normal'));
    expect(edited.data.every(Number.isFinite)).toBe(true);
  });
});

describe('strength', () => {
  const whole = new Set<EditId>(['keep', 'remove_object', 'sketch', 'painting', 'sharpen']);
  it.each(editIds.filter((id) => !whole.has(id)))('a strong %s changes more than a slight one', (id) => {
    const scene = scenes.find((candidate) => applies(id, candidate)) as Scene;
    expect(effect(scene, requestOf(id, 'strong'))).toBeGreaterThan(
      1.2 * effect(scene, requestOf(id, 'slight')),
    );
  });
});

describe('region teachers', () => {
  it.each(['sky_pink', 'sky_orange', 'sky_dramatic'] as const)(
    '%s leaves a picture without sky as it is',
    (id) => {
      const scene = { ...first, sky: emptyMask(first.image) };
      expect(differing(teach(scene, requestOf(id, 'strong')).data, first.image.data)).toBe(0);
    },
  );

  it.each(['sky_pink', 'sky_orange', 'sky_dramatic'] as const)('%s keeps every bit outside the sky', (id) => {
    const edited = teach(first, requestOf(id, 'strong'));
    expect(differing(edited.data, first.image.data, first.sky)).toBe(0);
  });

  it('recolouring keeps every bit outside the object', () => {
    const edited = teach(first, requestOf('recolour_object', 'strong', 4));
    expect(differing(edited.data, first.image.data, first.object?.mask)).toBe(0);
  });

  it('removing the object shows exactly what was behind it', () => {
    const shown = teach(first, requestOf('remove_object', 'normal')).data;
    expect(differing(shown, first.object?.background.data ?? new Float32Array(0))).toBe(0);
  });

  it('object edits say what is missing', () => {
    const { object: _, ...bare } = first;
    expect(() => teach(bare, requestOf('remove_object', 'normal'))).toThrow(/scene\.object/);
    expect(() => teach(first, { id: 'recolour_object', strength: 'normal', object: 'ball' })).toThrow(
      /colour/,
    );
  });
});
