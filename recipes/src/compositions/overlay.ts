/** Lays layers over a picture, in place. */
import { between, type Dice } from '../dice.ts';
import type { Mask, Pixels } from '../pixels.ts';
import { blurPlane } from '../teachers/gaussian.ts';
import { type Layer, margined } from './layer.ts';

/** Covers the picture with a layer whose corner lies at (left, top); what lies outside is lost. @returns its matte */
export function coverWith(image: Pixels, layer: Layer, left: number, top: number): Mask {
  const { width, height } = image;
  const mask = { width, height, data: new Float32Array(width * height) };
  eachInside(image, layer, left, top, (from, to) => {
    const cover = layer.alpha[from] as number;
    mask.data[to] = cover;
    for (let c = 0; c < 3; c++) {
      const behind = image.data[to * 3 + c] as number;
      image.data[to * 3 + c] = behind * (1 - cover) + (layer.colour[from * 3 + c] as number);
    }
  });
  return mask;
}

/** Darkens the picture beside a layer that is about to go there: a soft shadow in a direction that chance names. */
export function castShadow(image: Pixels, layer: Layer, left: number, top: number, random: Dice): void {
  const side = Math.max(layer.width, layer.height);
  const sigma = side * between(random, 0.015, 0.08);
  const margin = Math.ceil(2.5 * sigma);
  const wide = margined(layer, margin);
  const shade = blurPlane(wide.alpha, { width: wide.width, height: wide.height, channels: 1 }, sigma);
  const strength = between(random, 0.1, 0.55);
  const [dx, dy] = [side * between(random, -0.08, 0.08), side * between(random, 0, 0.1)];
  eachInside(image, wide, Math.round(left - margin + dx), Math.round(top - margin + dy), (from, to) => {
    const light = 1 - strength * (shade[from] as number);
    for (let c = 0; c < 3; c++) image.data[to * 3 + c] = (image.data[to * 3 + c] as number) * light;
  });
}

function eachInside(
  image: Pixels,
  layer: Layer,
  left: number,
  top: number,
  visit: (from: number, to: number) => void,
): void {
  for (let y = Math.max(0, -top); y < Math.min(layer.height, image.height - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(layer.width, image.width - left); x++) {
      visit(y * layer.width + x, (top + y) * image.width + left + x);
    }
  }
}
