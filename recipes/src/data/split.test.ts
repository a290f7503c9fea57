import { describe, expect, test } from 'vitest';
import { familySplit, heldoutFamilies, photoSplit, pictureSplits, unitHash } from './split.ts';

test('a hash lies in [0, 1) and depends on the text alone', () => {
  expect(unitHash('red panda')).toBe(unitHash('red panda'));
  expect(unitHash('red panda')).not.toBe(unitHash('red pandas'));
  const values = Array.from({ length: 2000 }, (_, i) => unitHash(`photo ${i}`));
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
});

describe('photoSplit', () => {
  test('holds out about 15 % of many photos', () => {
    const ids = Array.from({ length: 4000 }, (_, i) => `package:folder/subject${i}`);
    const share = ids.filter((id) => photoSplit(id) === 'heldout').length / ids.length;
    expect(share).toBeGreaterThan(0.13);
    expect(share).toBeLessThan(0.17);
  });

  test('keeps pictures of one subject on one side', () => {
    for (let i = 0; i < 200; i += 1) {
      expect(photoSplit(`a:monuments/tajMahal${i}`)).toBe(photoSplit(`b:wonders/taj_mahal${i}.webp`));
    }
  });
});

describe('heldoutFamilies', () => {
  const families = Array.from({ length: 40 }, (_, i) => `design/${i % 20}`);

  test('takes whole families until 15 % of the pictures are held out', () => {
    const heldout = heldoutFamilies(families);
    expect(heldout.size).toBe(3);
    expect(families.filter((family) => heldout.has(family))).toHaveLength(6);
  });

  test('does not depend on the order of the pictures', () => {
    expect(heldoutFamilies([...families].reverse())).toEqual(heldoutFamilies(families));
  });

  test('leaves a single family in training', () => {
    expect(heldoutFamilies(['only', 'only']).size).toBe(0);
    expect(heldoutFamilies([]).size).toBe(0);
  });
});

test('an object falls on the side of its design, about one in seven held out', () => {
  const designs = Array.from({ length: 1000 }, (_, i) => `design ${i}`);
  const share = designs.filter((design) => familySplit(design) === 'heldout').length / 1000;
  expect(share).toBeGreaterThan(0.12);
  expect(share).toBeLessThan(0.18);
});

describe('pictureSplits', () => {
  const drawn = (families: readonly string[], isTrainingOnly: boolean) =>
    families.map((family) => ({ object: 'cat', family, isTrainingOnly }));
  const families = Array.from({ length: 20 }, (_, i) => `set-${i % 4}/drawing-${i}`);
  const measured = drawn(families, false);
  const added = drawn(['new/one', 'new/two', 'new/three'], true);

  test('holds out the same pictures, whatever is added for training', () => {
    const before = pictureSplits(measured);
    // The figures of the model cards rest on the choice: it may not change.
    expect(families.filter((_, i) => before[i] === 'heldout')).toEqual([
      'set-2/drawing-2',
      'set-0/drawing-12',
      'set-3/drawing-19',
    ]);
    expect(pictureSplits([...measured, ...added]).slice(0, families.length)).toEqual(before);
    expect(pictureSplits([...measured, ...added]).slice(families.length)).toEqual([
      'train',
      'train',
      'train',
    ]);
  });

  test('leaves out an added picture of a design that is held out', () => {
    const heldout = families.filter((_, i) => pictureSplits(measured)[i] === 'heldout');
    expect(pictureSplits([...measured, ...drawn(heldout, true)]).slice(families.length)).toEqual(
      heldout.map(() => undefined),
    );
  });

  test('splits each noun by itself', () => {
    const dogs = measured.map((picture) => ({ ...picture, object: 'dog' }));
    const both = pictureSplits([...measured, ...dogs]);
    expect(both.slice(families.length)).toEqual(pictureSplits(dogs));
    expect(both.slice(0, families.length)).toEqual(pictureSplits(measured));
  });
});
