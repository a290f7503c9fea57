/** Something about to be laid over a picture: colour and matte of its own rectangle. */
import type { StoredCutout, StoredPhoto } from '../data/store.ts';
import { between, type Dice } from '../dice.ts';
import { blurPlane } from '../teachers/gaussian.ts';
import { resample, type Size, scaleCutout } from '../training/view.ts';

/** A picture with a matte; colour is multiplied by alpha already. */
export interface Layer extends Size {
  /** Interleaved RGB times alpha, sRGB-encoded, [height, width, 3]. */
  readonly colour: Float32Array;
  /** [height, width], in [0, 1]. */
  readonly alpha: Float32Array;
}

/** A cut-out at the wanted longest side in pixels, stretched by up to a quarter, mirrored half of the time, turned a little. */
export function cutoutLayer(cutout: StoredCutout, side: number, random: Dice): Layer {
  const zoom = side / Math.max(cutout.width, cutout.height);
  const stretch = Math.sqrt(between(random, 0.8, 1.25));
  const size = {
    width: Math.max(2, Math.round(cutout.width * zoom * stretch)),
    height: Math.max(2, Math.round((cutout.height * zoom) / stretch)),
  };
  const angle = random() < 0.5 ? 0 : between(random, -0.4, 0.4);
  const isMirrored = random() < 0.5;
  return turned({ ...size, ...scaleCutout(cutout, size) }, angle, isMirrored);
}

/** A layer turned by an angle in radians about its middle, and mirrored before that; bilinear, its rectangle grown to hold it. */
export function turned(layer: Layer, angle: number, isMirrored: boolean): Layer {
  if (angle === 0 && !isMirrored) return layer;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const width = Math.ceil(Math.abs(layer.width * cos) + Math.abs(layer.height * sin));
  const height = Math.ceil(Math.abs(layer.width * sin) + Math.abs(layer.height * cos));
  const colour = new Float32Array(width * height * 3);
  const alpha = new Float32Array(width * height);
  const [middleX, middleY] = [(layer.width - 1) / 2, (layer.height - 1) / 2];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - (width - 1) / 2, y - (height - 1) / 2];
      const sourceX = (cos * dx + sin * dy) * (isMirrored ? -1 : 1) + middleX;
      const sourceY = cos * dy - sin * dx + middleY;
      const at = y * width + x;
      addBilinear(layer, sourceX, sourceY, { colour, alpha, at });
      alpha[at] = Math.min(1, alpha[at] as number);
    }
  }
  return { width, height, colour, alpha };
}

interface Target {
  readonly colour: Float32Array;
  readonly alpha: Float32Array;
  readonly at: number;
}

/** Outside of the layer there is nothing. */
function addBilinear({ width, height, ...from }: Layer, x: number, y: number, to: Target): void {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  for (let dy = 0; dy < 2; dy++) {
    for (let dx = 0; dx < 2; dx++) {
      const [column, row] = [left + dx, top + dy];
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      const weight = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
      const source = row * width + column;
      to.alpha[to.at] = (to.alpha[to.at] as number) + weight * (from.alpha[source] as number);
      for (let c = 0; c < 3; c++) {
        const target = to.at * 3 + c;
        to.colour[target] = (to.colour[target] as number) + weight * (from.colour[source * 3 + c] as number);
      }
    }
  }
}

const [anyHueShare, slightTurn] = [0.4, 0.25];

/** In other colours: hue turned (any way, or slightly), saturation changed; greys stay. Linear in sRGB-encoded values about the grey axis. */
export function tinted(layer: Layer, random: Dice): Layer {
  const reach = random() < anyHueShare ? Math.PI : slightTurn;
  const angle = between(random, -reach, reach);
  const saturation = between(random, 0.6, 1.2);
  const [cos, sin] = [saturation * Math.cos(angle), (saturation * Math.sin(angle)) / Math.sqrt(3)];
  const colour = new Float32Array(layer.colour.length);
  for (let at = 0; at < colour.length; at += 3) {
    const red = layer.colour[at] as number;
    const green = layer.colour[at + 1] as number;
    const blue = layer.colour[at + 2] as number;
    const grey = (red + green + blue) / 3;
    const most = layer.alpha[at / 3] as number;
    colour[at] = within(grey + cos * (red - grey) + sin * (blue - green), most);
    colour[at + 1] = within(grey + cos * (green - grey) + sin * (red - blue), most);
    colour[at + 2] = within(grey + cos * (blue - grey) + sin * (green - red), most);
  }
  return { ...layer, colour };
}

function within(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}

/** Any part of a photo in the shape of a matte: a thing without a name, as real as its texture. */
export function patchLayer(photo: StoredPhoto, shape: Layer, random: Dice): Layer {
  const { width, height, alpha } = shape;
  const zoom = between(random, 0.5, 1.6);
  const extent = {
    width: Math.min(photo.width, width * zoom),
    height: Math.min(photo.height, height * zoom),
  };
  const rectangle = {
    ...extent,
    left: random() * (photo.width - extent.width),
    top: random() * (photo.height - extent.height),
  };
  const texture = resample({ ...photo, bytes: photo.rgb, channels: 3 }, rectangle, shape);
  const colour = texture.map((value, i) => value * (alpha[Math.floor(i / 3)] as number));
  return { width, height, colour, alpha };
}

/** A closed smooth outline without corners, longest side `side` pixels: a circle whose radius wavers. */
export function blobShape(side: number, random: Dice): Layer {
  const size = Math.max(4, Math.round(side));
  const waves = [2, 3, 4, 5].map((turns) => ({
    turns,
    height: between(random, 0, 0.5 / turns),
    phase: random() * 2 * Math.PI,
  }));
  const flatness = between(random, 0.4, 1);
  const alpha = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [dx, dy] = [(2 * x + 1) / size - 1, ((2 * y + 1) / size - 1) / flatness];
      const angle = Math.atan2(dy, dx);
      const radius = waves.reduce(
        (sum, wave) => sum + wave.height * Math.sin(wave.turns * angle + wave.phase),
        0.65,
      );
      const inside = ((radius - Math.hypot(dx, dy)) * size) / 2 + 0.5;
      alpha[y * size + x] = Math.min(1, Math.max(0, inside));
    }
  }
  return { width: size, height: size, colour: new Float32Array(size * size * 3), alpha };
}

/** Softens a layer, matte and colour alike; sigma in pixels. The matte does not leave the layer's rectangle. */
export function softened(layer: Layer, sigma: number): Layer {
  const { width, height } = layer;
  return {
    width,
    height,
    colour: blurPlane(layer.colour, { width, height, channels: 3 }, sigma),
    alpha: blurPlane(layer.alpha, { width, height, channels: 1 }, sigma),
  };
}

/** Adds an empty margin on all sides, in pixels. */
export function margined({ width, height, colour, alpha }: Layer, margin: number): Layer {
  const wide = { width: width + 2 * margin, height: height + 2 * margin };
  const grown = {
    ...wide,
    colour: new Float32Array(wide.width * wide.height * 3),
    alpha: new Float32Array(wide.width * wide.height),
  };
  for (let y = 0; y < height; y++) {
    const to = (y + margin) * wide.width + margin;
    grown.alpha.set(alpha.subarray(y * width, (y + 1) * width), to);
    grown.colour.set(colour.subarray(y * width * 3, (y + 1) * width * 3), to * 3);
  }
  return grown;
}
