/** Names of colours, and how much of a box has them. */
import type { Raster } from '../image/raster.ts';
import type { Box } from './boxes.ts';

/** Colours that a query may name. */
export type ColourName =
  | 'red'
  | 'orange'
  | 'yellow'
  | 'green'
  | 'blue'
  | 'purple'
  | 'pink'
  | 'brown'
  | 'white'
  | 'grey'
  | 'black';

/** A word that stands for a colour. */
const wordings: Readonly<Record<string, ColourName>> = {
  red: 'red',
  crimson: 'red',
  scarlet: 'red',
  maroon: 'red',
  reddish: 'red',
  ruby: 'red',
  orange: 'orange',
  amber: 'orange',
  ginger: 'orange',
  yellow: 'yellow',
  golden: 'yellow',
  gold: 'yellow',
  blond: 'yellow',
  blonde: 'yellow',
  yellowish: 'yellow',
  green: 'green',
  lime: 'green',
  olive: 'green',
  emerald: 'green',
  greenish: 'green',
  blue: 'blue',
  navy: 'blue',
  azure: 'blue',
  cyan: 'blue',
  turquoise: 'blue',
  teal: 'blue',
  bluish: 'blue',
  purple: 'purple',
  violet: 'purple',
  lilac: 'purple',
  lavender: 'purple',
  indigo: 'purple',
  pink: 'pink',
  magenta: 'pink',
  rosy: 'pink',
  fuchsia: 'pink',
  brown: 'brown',
  tan: 'brown',
  beige: 'brown',
  chestnut: 'brown',
  brownish: 'brown',
  bronze: 'brown',
  white: 'white',
  whitish: 'white',
  cream: 'white',
  ivory: 'white',
  grey: 'grey',
  gray: 'grey',
  silver: 'grey',
  silvery: 'grey',
  greyish: 'grey',
  grayish: 'grey',
  black: 'black',
  blackish: 'black',
};
/** The colour that an English adjective names: “red”, “dark-red” in its parts, “silvery”. */
export function englishColour(word: string): ColourName | undefined {
  return Object.hasOwn(wordings, word) ? wordings[word] : undefined;
}

/** Chinese words for colours in a text: 红, 红色, 深蓝色, 粉红色的. */
export const chineseColour: RegExp =
  /[深浅淡暗亮鲜大]?(?:粉红|粉|红|橙|橘|黄|金|绿|蓝|青|紫|棕|褐|咖啡|白|灰|银|黑)(?:色的|色|的)?/gu;

/** Pixels of a box that are looked at, about. */
const samples = 4000;
/** How much of the ellipse within a box is the thing itself, about: some of what lies behind shows through. */
const thingShare = 0.7;

/**
 * How much of the thing in a box has one of the colours, 0 to 1. What the ellipse within the box shows is taken as the
 * thing and a part of what lies behind, and that is known from the box's corners and its surroundings.
 */
export function colourShare(raster: Raster, box: Box, colours: readonly ColourName[]): number {
  const [left, top, right, bottom] = box;
  const [width, height] = [Math.max(1, right - left), Math.max(1, bottom - top)];
  const step = Math.max(1, Math.sqrt((width * height) / samples));
  const counts: Record<'inside' | 'outside', [number, number]> = { inside: [0, 0], outside: [0, 0] };
  for (let y = top - height / 8; y < bottom + height / 8; y += step) {
    for (let x = left - width / 8; x < right + width / 8; x += step) {
      const [column, row] = [Math.floor(x), Math.floor(y)];
      if (column < 0 || row < 0 || column >= raster.width || row >= raster.height) continue;
      const distance = ((x - left) / width - 0.5) ** 2 + ((y - top) / height - 0.5) ** 2;
      if (distance > innerRadius ** 2 && distance < outerRadius ** 2) continue;
      const count = counts[distance <= innerRadius ** 2 ? 'inside' : 'outside'];
      count[0] += 1;
      if (hasColour(raster, row * raster.width + column, colours)) count[1] += 1;
    }
  }
  const [inside, outside] = [shareOf(counts.inside), shareOf(counts.outside)];
  return Math.min(1, Math.max(0, (inside - (1 - thingShare) * outside) / thingShare));
}

/** Radii of the ellipse of the thing and of the one outside of which is none of it, in sides of the box. */
const [innerRadius, outerRadius] = [0.45, 0.56];

function shareOf([all, some]: readonly [number, number]): number {
  return all === 0 ? 0 : some / all;
}

function hasColour({ data, channels }: Raster, pixel: number, colours: readonly ColourName[]): boolean {
  const at = pixel * channels;
  const seen = look(data[at] as number, data[at + 1] as number, data[at + 2] as number);
  return colours.some((colour) => isColour[colour](seen));
}

/** One pixel: hue in degrees, chroma and value from 0 to 1 (hexcone model, Smith 1978). */
interface Look {
  readonly hue: number;
  readonly chroma: number;
  readonly value: number;
  readonly saturation: number;
}

function look(r: number, g: number, b: number): Look {
  const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)];
  const range = most - least;
  let sector = 0;
  if (range > 0) {
    if (most === r) sector = ((g - b) / range + 6) % 6;
    else sector = most === g ? (b - r) / range + 2 : (r - g) / range + 4;
  }
  return {
    hue: sector * 60,
    chroma: range / 255,
    value: most / 255,
    saturation: most === 0 ? 0 : range / most,
  };
}

/** Whether a pixel has hue enough to be called by it, and lies between two hues in degrees. */
function between({ hue, chroma, saturation }: Look, from: number, to: number): boolean {
  const isWithin = from <= to ? hue >= from && hue <= to : hue >= from || hue <= to;
  return isWithin && chroma > 0.12 && saturation > 0.25;
}

/** Neighbouring names overlap, as they do in speech. */
const isColour: Readonly<Record<ColourName, (seen: Look) => boolean>> = {
  red: (seen) => between(seen, 340, 18) && seen.saturation > 0.4,
  orange: (seen) => between(seen, 12, 42) && seen.value > 0.5 && seen.saturation > 0.4,
  yellow: (seen) => between(seen, 38, 70) && seen.value > 0.45 && seen.saturation > 0.35,
  green: (seen) => between(seen, 65, 175),
  blue: (seen) => between(seen, 170, 258),
  purple: (seen) => between(seen, 248, 318),
  pink: (seen) =>
    between(seen, 300, 15) &&
    seen.value > 0.55 &&
    (seen.saturation < 0.65 || (seen.hue > 300 && seen.hue < 345)),
  brown: (seen) => between(seen, 5, 48) && seen.value < 0.72 && seen.value > 0.12,
  white: (seen) => seen.value > 0.68 && seen.chroma < 0.17,
  grey: (seen) => seen.value > 0.22 && seen.value < 0.85 && seen.chroma < 0.13,
  black: (seen) => seen.value < 0.27,
};
