// How long someone waits who clicks on a photo.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Raster } from '@darkroom/gpu-worker/image/raster';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { openVisionModel } from '@darkroom/gpu-worker/vision/open-vision-model';
import { timed } from '../timing.ts';

/** From a photo in memory to a mask of its size; medians. */
export interface ClickFigures {
  /** With the weights still to be read and everything to be compiled. */
  readonly coldClickSeconds: number;
  /** The first on a photo. */
  readonly firstClickSeconds: number;
  /** Another on the same photo. */
  readonly secondClickSeconds: number;
}

const folder = fileURLToPath(new URL('../../weights/segment', import.meta.url));
/** 2 megapixels. */
const size = { width: 1632, height: 1224 };
const rounds = 5;

/** Undefined where there are no embedded weights that segment. */
export async function benchClicks(): Promise<ClickFigures | undefined> {
  const isThere = await access(join(folder, 'config.json')).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  await using store = new ModelStore({ budgetBytes: 2e9 });
  const photo = madePhoto();
  const opened = await timed(async () => {
    const segmenter = await openVisionModel('segment', folder, store);
    const click = async (key: string, x: number): Promise<void> => {
      const embedding = await segmenter.embed(key, photo);
      const prompt = { points: [{ x, y: 700, isInside: true }] };
      const [answer] = await segmenter.predict(embedding, [prompt]);
      if (answer) await segmenter.maskOf(embedding, prompt, answer.best);
    };
    await click('cold', 500);
    return click;
  });
  const [first, second]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    first.push((await timed(() => opened.value(`photo ${round}`, 600))).seconds);
    second.push((await timed(() => opened.value(`photo ${round}`, 900))).seconds);
  }
  return {
    coldClickSeconds: opened.seconds,
    firstClickSeconds: middle(first),
    secondClickSeconds: middle(second),
  };
}

function middle(seconds: readonly number[]): number {
  return seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)] as number;
}

/** Smooth colours with a disc on them. */
function madePhoto(): Raster {
  const { width, height } = size;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const isInDisc = Math.hypot(x - 800, y - 650) < 300;
    const colour = isInDisc ? [200, 60, 40] : [(x / width) * 90, 120, 90 + (y / height) * 120];
    data.set(colour, 3 * i);
  }
  return { width, height, channels: 3, data };
}
