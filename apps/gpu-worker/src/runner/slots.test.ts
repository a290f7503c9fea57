import { expect, it } from 'vitest';
import { Slots } from './slots.ts';

it('lends as many permits as there are slots, and refuses the next at once', () => {
  const slots = new Slots(2);
  expect([slots.tryTake(), slots.tryTake()]).not.toContain(undefined);
  expect(slots.tryTake()).toBeUndefined();
  expect(slots.free).toBe(0);
});

it('frees a slot once, however often its permit is given back', () => {
  const slots = new Slots(2);
  const permit = slots.tryTake();
  slots.tryTake();
  permit?.[Symbol.dispose]();
  permit?.[Symbol.dispose]();
  expect(slots.free).toBe(1);
});
