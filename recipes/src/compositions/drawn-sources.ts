/** Sources drawn in code, in memory: test material. */
import type { SceneSources } from './scene.ts';

/** A photo and an object of one colour each, bytes; the object is a disc whose rim is one pixel soft. */
export function drawnSources(
  ground: readonly [number, number, number],
  disc: readonly [number, number, number],
): SceneSources {
  const [width, height, side] = [120, 90, 40];
  const shared = { package: 'drawn', offset: 0, licence: 'CC0-1.0', split: 'train' } as const;
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => ground[i % 3] as number);
  const rgba = Uint8Array.from({ length: side * side * 4 }, (_, i) => {
    const [x, y] = [Math.floor(i / 4) % side, Math.floor(i / 4 / side)];
    const inside = side / 2 - Math.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2);
    return i % 4 < 3 ? (disc[i % 4] as number) : Math.round(255 * Math.min(1, Math.max(0, inside)));
  });
  const photo = { ...shared, id: 'ground', path: 'ground', width, height };
  const object = { ...shared, id: 'disc', noun: 'disc', kind: 'render', width: side, height: side } as const;
  return {
    photos: { entries: [photo], photo: () => ({ width, height, rgb }) },
    objects: { entries: [object], cutout: () => ({ width: side, height: side, rgba }) },
  };
}
