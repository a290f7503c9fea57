/** Teachers for a composed object, exact because its matte and the picture behind it are known. */
import { type ColourId, strengths } from '../edits.ts';
import type { Mask, Pixels } from '../pixels.ts';
import { clamp01, copyPixels, mix, read, smoothstep } from './colour-map.ts';
import { type LabColour, labOf, mapLab } from './lab.ts';
import { requireObject, type Teacher } from './scene.ts';

/** CIELAB in which each named colour is painted; chroma and hue follow common sRGB examples of the name. */
export const namedColours: Readonly<Record<ColourId, Readonly<LabColour>>> = {
  red: { l: 46, a: 66, b: 44 },
  orange: { l: 66, a: 42, b: 66 },
  yellow: { l: 84, a: 2, b: 78 },
  green: { l: 52, a: -48, b: 42 },
  blue: { l: 42, a: 12, b: -58 },
  purple: { l: 40, a: 48, b: -46 },
  pink: { l: 72, a: 46, b: -4 },
  white: { l: 90, a: 0, b: 1 },
  black: { l: 16, a: 0, b: 0 },
};

/** The picture behind the object. */
export const removeObject: Teacher = (scene, request) => copyPixels(requireObject(scene, request).background);

/**
 * The object in the named colour with its own shading: lightness moves as a whole, colour is replaced and fades
 * towards highlights and deep shadow.
 * @throws TypeError where the request names no colour or the scene has no object.
 */
export const recolourObject: Teacher = (scene, request) => {
  const object = requireObject(scene, request);
  if (request.colour === undefined) {
    throw new TypeError('recolour_object: expected request.colour to be present, got none');
  }
  const target = namedColours[request.colour];
  const cut = cutOut(scene.image, object.background, object.mask);
  const mean = meanLightness(cut, object.mask);
  const amount = Math.min(1, 0.35 + 0.65 * strengths[request.strength]);
  const painted = mapLab(cut, object.mask.data, (colour) => {
    const relief = colour.l - mean;
    const room = relief > 0 ? (100 - target.l) / Math.max(1, 100 - mean) : target.l / Math.max(1, mean);
    const lightness = target.l + relief * mix(1, Math.min(1.2, room), 0.8);
    const depth = smoothstep(0, 24, lightness) * smoothstep(101, 86, lightness);
    colour.l = mix(colour.l, Math.min(99, Math.max(2, lightness)), amount);
    colour.a = mix(colour.a, target.a * mix(0.25, 1, depth), amount);
    colour.b = mix(colour.b, target.b * mix(0.25, 1, depth), amount);
  });
  return composite(painted, object.background, object.mask);
};

/** Colour of the object alone, un-mixed from the picture behind it where the matte is thin. */
function cutOut(image: Pixels, background: Pixels, mask: Mask): Pixels {
  const data = image.data.slice();
  for (let index = 0; index < mask.data.length; index += 1) {
    const alpha = read(mask.data, index);
    if (alpha <= 0 || alpha >= 1) continue;
    for (let at = index * 3; at < index * 3 + 3; at += 1) {
      data[at] = clamp01(
        (read(image.data, at) - (1 - alpha) * read(background.data, at)) / Math.max(0.05, alpha),
      );
    }
  }
  return { width: image.width, height: image.height, data };
}

function composite(cut: Pixels, background: Pixels, mask: Mask): Pixels {
  const data = new Float32Array(cut.data.length);
  for (let at = 0; at < data.length; at += 1) {
    data[at] = mix(read(background.data, at), read(cut.data, at), read(mask.data, Math.floor(at / 3)));
  }
  return { width: cut.width, height: cut.height, data };
}

function meanLightness(cut: Pixels, mask: Mask): number {
  const lab = labOf(cut);
  let sum = 0;
  let weights = 0;
  for (let index = 0; index < mask.data.length; index += 1) {
    sum += read(mask.data, index) * read(lab, index * 3);
    weights += read(mask.data, index);
  }
  return sum / Math.max(1e-6, weights);
}
