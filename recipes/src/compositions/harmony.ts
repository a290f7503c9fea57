/** Makes a pasted thing less foreign to its surroundings: cast, brightness, contrast, a light from one side. */
import { between, type Dice } from '../dice.ts';
import type { Pixels } from '../pixels.ts';
import type { Layer } from './layer.ts';

/** Mean colour of a layer where it is visible. */
function meanOf({ colour, alpha }: Layer): readonly number[] {
  const cover = alpha.reduce((sum, value) => sum + value, 0) || 1;
  const sums = [0, 0, 0];
  for (let i = 0; i < colour.length; i++) sums[i % 3] = (sums[i % 3] as number) + (colour[i] as number);
  return sums.map((sum) => sum / cover);
}

/** Mean colour of the picture in a rectangle, every fourth pixel of each side. */
function meanAround(image: Pixels, left: number, top: number, { width, height }: Layer): readonly number[] {
  const sums = [0, 0, 0];
  let count = 0;
  for (let y = Math.max(0, top); y < Math.min(image.height, top + height); y += 4) {
    for (let x = Math.max(0, left); x < Math.min(image.width, left + width); x += 4) {
      count += 1;
      for (let c = 0; c < 3; c++)
        sums[c] = (sums[c] as number) + (image.data[(y * image.width + x) * 3 + c] as number);
    }
  }
  return sums.map((sum) => sum / Math.max(1, count));
}

const grey = (colour: readonly number[]): number => colour.reduce((sum, value) => sum + value, 0) / 3;

/** The layer, moved part of the way to the colours of the place where it goes; by how much, chance decides. */
export function harmonised(layer: Layer, image: Pixels, left: number, top: number, random: Dice): Layer {
  const [own, around] = [meanOf(layer), meanAround(image, left, top, layer)];
  const cast = between(random, 0, 0.7);
  const level = between(random, 0, 0.7);
  const wanted = grey(own) * (1 - level) + grey(around) * level;
  const brightness =
    Math.min(1.5, Math.max(0.5, wanted / Math.max(0.02, grey(own)))) * between(random, 0.9, 1.1);
  const gains = own.map((_, c) => {
    const tint = (around[c] as number) / Math.max(0.02, grey(around));
    return brightness * (1 + cast * 0.5 * (Math.min(1.6, tint) - 1));
  });
  const contrast = between(random, 0.75, 1.15);
  const [direction, slope] = [random() * 2 * Math.PI, between(random, 0, 0.35)];
  const { width, height, alpha } = layer;
  const colour = new Float32Array(layer.colour.length);
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    const cover = alpha[pixel] as number;
    if (cover === 0) continue;
    const x = (2 * (pixel % width)) / width - 1;
    const y = (2 * Math.floor(pixel / width)) / height - 1;
    const light = 1 + slope * (Math.cos(direction) * x + Math.sin(direction) * y);
    for (let c = 0; c < 3; c++) {
      const straight = (layer.colour[pixel * 3 + c] as number) / cover;
      const middle = own[c] as number;
      const value = (middle + (straight - middle) * contrast) * (gains[c] as number) * light;
      colour[pixel * 3 + c] = Math.min(1, Math.max(0, value)) * cover;
    }
  }
  return { width, height, colour, alpha };
}
