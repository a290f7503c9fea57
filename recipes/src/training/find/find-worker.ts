/** Thread that makes the finder's scenes on demand. */
import { parentPort, workerData } from 'node:worker_threads';
import { openCutouts, openObjects, openPhotos } from '../../data/store.ts';
import { type ChunkMessage, leave, type MadeChunk } from '../prepared-stream.ts';
import { type FindScene, type FindScenePlan, isForChoosing, makeFindScenes } from './find-scene.ts';

/** What the thread is told at its start. */
export interface FindWork extends FindScenePlan {
  /** Folder of the stores. */
  readonly cache: string;
}

if (parentPort) {
  const port = parentPort;
  const work = workerData as FindWork;
  const { cutout, entries } = await openCutouts(work.cache, ['train']);
  const kept = [...entries.keys()].filter((i) => !isForChoosing(entries[i]?.id ?? ''));
  const sources = {
    photos: await openPhotos(work.cache, ['train']),
    objects: await openObjects(work.cache, ['train']),
    cutouts: {
      entries: kept.map((i) => entries[i] as (typeof entries)[number]),
      cutout: (i: number) => cutout(kept[i] as number),
    },
  };
  port.on('message', async (index: ChunkMessage) => {
    if (index === leave) process.exit();
    const made: MadeChunk<FindScene> = { index, items: await makeFindScenes(sources, work, index) };
    port.postMessage(made);
  });
}
