/** Global tone and colour teachers: one colour map each, the same for every pixel but for the vintage vignette. */
import { strengths } from '../edits.ts';
import {
  type Colour,
  clamp01,
  copyPixels,
  lumaOf,
  lumaPlane,
  mapColours,
  meanOf,
  mix,
  mixInto,
  scaleChannels,
  scaleSaturation,
  smoothstep,
} from './colour-map.ts';
import type { Teacher } from './scene.ts';

/** The photo as it is. */
export const keep: Teacher = (scene) => copyPixels(scene.image);

/** Grey by luma; slight leaves some colour, strong adds contrast. */
export const blackAndWhite: Teacher = ({ image }, { strength }) => {
  const amount = Math.min(1, strengths[strength]);
  const slope = 1 + 0.3 * Math.max(0, strengths[strength] - 1);
  return mapColours(image, (colour) => {
    scaleSaturation(colour, 1 - amount);
    steepen(colour, 0.5, slope);
  });
};

/** Brown-toned print: luma through one gamma per channel on cream paper. */
export const sepia: Teacher = ({ image }, { strength }) => {
  const amount = Math.min(1, strengths[strength]);
  const depth = Math.max(1, strengths[strength]);
  const toned: Colour = { r: 0, g: 0, b: 0 };
  return mapColours(image, (colour) => {
    const luma = clamp01(lumaOf(colour));
    toned.r = luma ** (1 - 0.18 * depth);
    toned.g = luma * mix(1, 0.935, depth);
    toned.b = luma ** (1 + 0.4 * depth) * mix(1, 0.84, depth);
    scaleSaturation(colour, 1 - Math.min(1, 1.5 * amount));
    mixInto(colour, toned, amount);
  });
};

/** Faded film: less colour, lifted blacks, warm tint, soft vignette. */
export const vintage: Teacher = ({ image }, { strength }) => {
  const s = strengths[strength];
  const { width, height } = image;
  const paper: Colour = { r: 0.97, g: 0.85, b: 0.66 };
  return mapColours(image, (colour, index) => {
    scaleSaturation(colour, 1 - 0.34 * s);
    const shadow = 1 - clamp01(lumaOf(colour));
    const floor = 0.13 * s;
    colour.r = floor * 1.12 + colour.r * (1 - floor * 1.22);
    colour.g = floor + colour.g * (1 - floor * 1.58);
    colour.b = floor * 0.84 + colour.b * (1 - floor * 1.95);
    mixInto(colour, paper, 0.15 * s * (1 - 0.6 * shadow));
    const x = ((index % width) + 0.5) / width - 0.5;
    const y = (Math.floor(index / width) + 0.5) / height - 0.5;
    const shade = 1 - 0.24 * s * smoothstep(0.08, 0.5, x * x + y * y);
    scaleChannels(colour, { r: shade, g: shade, b: shade });
  });
};

/** Shifts the white balance towards amber. */
export const warmer: Teacher = ({ image }, { strength }) => {
  const s = strengths[strength];
  return mapColours(image, (colour) =>
    scaleChannels(colour, { r: 1 + 0.1 * s, g: 1 + 0.005 * s, b: 1 - 0.18 * s }),
  );
};

/** Shifts the white balance towards blue. */
export const cooler: Teacher = ({ image }, { strength }) => {
  const s = strengths[strength];
  return mapColours(image, (colour) =>
    scaleChannels(colour, { r: 1 - 0.15 * s, g: 1 - 0.03 * s, b: 1 + 0.12 * s }),
  );
};

/** Lifts the midtones; black and white stay. */
export const brighter: Teacher = ({ image }, { strength }) => {
  const power = 1 + 0.64 * strengths[strength];
  return mapColours(image, (colour) => {
    colour.r = 1 - (1 - colour.r) ** power;
    colour.g = 1 - (1 - colour.g) ** power;
    colour.b = 1 - (1 - colour.b) ** power;
  });
};

/** Lowers the midtones and a little of the white. */
export const darker: Teacher = ({ image }, { strength }) => {
  const s = strengths[strength];
  const power = 1 + 0.4 * s;
  const gain = 1 - 0.1 * s;
  return mapColours(image, (colour) => {
    colour.r = gain * colour.r ** power;
    colour.g = gain * colour.g ** power;
    colour.b = gain * colour.b ** power;
  });
};

/** Steepens the tone curve about the picture's own mean, with soft ends. */
export const moreContrast: Teacher = ({ image }, { strength }) => {
  const slope = 1 + 0.42 * strengths[strength];
  const pivot = mix(0.5, meanOf(lumaPlane(image)), 0.7);
  return mapColours(image, (colour) => steepen(colour, pivot, slope));
};

/** Flattens the tone curve about the picture's own mean. */
export const lessContrast: Teacher = ({ image }, { strength }) => {
  const slope = 1 - 0.34 * strengths[strength];
  const pivot = mix(0.5, meanOf(lumaPlane(image)), 0.7);
  return mapColours(image, (colour) => {
    colour.r = pivot + (colour.r - pivot) * slope;
    colour.g = pivot + (colour.g - pivot) * slope;
    colour.b = pivot + (colour.b - pivot) * slope;
  });
};

/** Stronger colours, pale ones a little more than those already vivid. */
export const moreSaturated: Teacher = ({ image }, { strength }) => {
  const s = strengths[strength];
  return mapColours(image, (colour) => {
    const vivid = Math.max(colour.r, colour.g, colour.b) - Math.min(colour.r, colour.g, colour.b);
    scaleSaturation(colour, 1 + s * (0.74 - 0.28 * vivid));
  });
};

/** Paler colours at the same lightness. */
export const muted: Teacher = ({ image }, { strength }) => {
  const factor = 1 - 0.5 * strengths[strength];
  return mapColours(image, (colour) => scaleSaturation(colour, factor));
};

function steepen(colour: Colour, pivot: number, slope: number): void {
  if (slope === 1) return;
  colour.r = softClip(pivot + (colour.r - pivot) * slope);
  colour.g = softClip(pivot + (colour.g - pivot) * slope);
  colour.b = softClip(pivot + (colour.b - pivot) * slope);
}

const knee = 0.06;

function softClip(value: number): number {
  if (value > 1 - knee) return 1 - knee * Math.exp((1 - knee - value) / knee);
  if (value < knee) return knee * Math.exp((value - knee) / knee);
  return value;
}
