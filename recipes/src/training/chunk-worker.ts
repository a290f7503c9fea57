/** Thread that makes chunks on demand, so that teachers and training share the cores. */
import { parentPort, workerData } from 'node:worker_threads';
import { openCutouts, openPhotos } from '../data/store.ts';
import { makeChunk } from './chunk.ts';
import { type CurriculumName, curricula } from './curriculum.ts';
import { readProjection } from './projection-file.ts';
import type { Size } from './view.ts';

export interface ChunkWork {
  readonly cache: string;
  readonly projection: string;
  readonly size: Size;
  readonly seed: number;
  /** What the examples dwell on. */
  readonly curriculum: CurriculumName;
  /** Examples of a chunk; default 512. */
  readonly examples?: number;
}

export interface ChunkOrder {
  readonly index: number;
  readonly file: string;
}

if (parentPort) {
  const port = parentPort;
  const { cache, projection: path, size, seed, curriculum: name, examples } = workerData as ChunkWork;
  const [photos, cutouts, projection] = await Promise.all([
    openPhotos(cache, ['train']),
    openCutouts(cache, ['train']),
    readProjection(path),
  ]);
  port.on('message', async ({ index, file }: ChunkOrder) => {
    const curriculum = curricula[name];
    await makeChunk({ photos, cutouts }, projection, { size, seed, index, file, examples, curriculum });
    port.postMessage(index);
  });
}
