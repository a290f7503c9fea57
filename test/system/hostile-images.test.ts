// What strangers may send: pictures made to do harm, to the edge's look at their headers and to the worker's decoder.
import { type ImageHeader, readImageHeader } from '@darkroom/edge/storage/image-header';
import { defaultProcessLimits } from '@darkroom/gpu-worker/image/decode-process';
import { ImageDecoder } from '@darkroom/gpu-worker/image/image-decoder';
import type { Raster } from '@darkroom/gpu-worker/image/raster';
import { AppError } from '@darkroom/shared/errors';
import { afterAll, describe, expect, it } from 'vitest';
import { hostileImages } from '../support/hostile-images.ts';
import { mutants } from '../support/hostile-images-mutants.ts';
import { decodeProcesses, MemoryWatch } from '../support/hostile-images-watch.ts';

/** A busy machine takes many times as long as one that is free. */
const timeoutMs = 60_000;
const patienceMs = 600_000;
const decoder = new ImageDecoder({ ...defaultProcessLimits, timeoutMs });
const watch = new MemoryWatch();
afterAll(() => {
  watch[Symbol.dispose]();
  return decoder[Symbol.asyncDispose]();
});

const refusals = ['image_corrupt', 'image_too_large', 'unsupported_media'];

/** What came of a file. @throws what is no refusal that a caller may see */
async function outcome<T>(attempt: () => T | Promise<T>): Promise<T | AppError> {
  try {
    return await attempt();
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    expect(refusals, thrown.message).toContain(thrown.code);
    expect(thrown.message).toMatch(/^image: /);
    return thrown;
  }
}

/** Sends a file through both doors. */
async function send(file: Uint8Array): Promise<string> {
  const header = await outcome(() => readImageHeader(file));
  const raster = await outcome(() => decoder.decode(file));
  if (raster instanceof AppError) return raster.code;
  expect(raster.data.length).toBe(raster.width * raster.height * raster.channels);
  if (!(header instanceof AppError)) expectSameSides(header, raster);
  return 'decoded';
}

/** A picture may be turned upright. */
function expectSameSides(header: ImageHeader, raster: Raster): void {
  const sorted = ({ width, height }: { readonly width: number; readonly height: number }) =>
    [width, height].sort((a, b) => a - b);
  expect(sorted(raster)).toEqual(sorted(header));
}

describe('a hostile picture', () => {
  it.each(hostileImages)(
    '$name: $ends',
    async ({ ends, bytes }) => {
      const end = await send(bytes());
      if (ends === 'refused') expect(refusals).toContain(end);
      else if (ends !== 'either') expect(end).toBe(ends);
    },
    patienceMs,
  );

  it('bears a name of its own', () => {
    expect(new Set(hostileImages.map(({ name }) => name)).size).toBe(hostileImages.length);
  });
});

it(
  'decodes or refuses 2,000 damaged pictures',
  async () => {
    const ends: Record<string, number> = {};
    const files = mutants(2000);
    const lane = async () => {
      for (const { name, file } of files) {
        const end = await send(file).catch((cause: unknown) => {
          throw new Error(name, { cause });
        });
        ends[end] = (ends[end] ?? 0) + 1;
      }
    };
    await Promise.all([lane(), lane()]);
    expect(Object.values(ends).reduce((sum, count) => sum + count)).toBe(2000);
    // Damage that a decoder never reads would prove nothing, and so would files that all fail at the door.
    for (const end of ['decoded', 'image_corrupt']) expect(ends[end]).toBeGreaterThan(300);
  },
  patienceMs,
);

it('never took more than 512 MiB in a process, and leaves none behind', async () => {
  expect(watch.peakMb).toBeGreaterThan(100);
  expect(watch.peakMb).toBeLessThanOrEqual(512);
  await decoder[Symbol.asyncDispose]();
  expect(decodeProcesses()).toEqual([]);
});
