import { initialDraw, normals } from '@darkroom/shared/random';

/** What a draw of noise is for: the starting latents, the sampling of an encoded image, or a step by its index. */
export type NoiseUse = 'initial' | 'image' | 'masked_image' | number;

/** Gives `count` N(0,1) values; the same use gives the same values. */
export type NoiseSource = (use: NoiseUse, count: number) => Float32Array;

const streams = { initial: initialDraw, image: initialDraw - 1, masked_image: initialDraw - 2 } as const;

/** Noise of one image of a job: a function of seed, image index and use, whatever the order in which it is drawn. */
export function seededNoise(seed: number, image: number): NoiseSource {
  return (use, count) => normals({ seed, image, step: typeof use === 'number' ? use : streams[use], count });
}
