/** Thread that makes scenes on demand, so that they cost the training no time. */
import { parentPort, workerData } from 'node:worker_threads';
import { openTrainingSources } from '../../compositions/scene.ts';
import { type ChunkMessage, leave, type MadeChunk } from '../prepared-stream.ts';
import { makeScenes, type PreparedScene, type ScenePlan } from './scene-chunk.ts';

/** What the thread is told at its start. */
export interface SceneWork extends ScenePlan {
  /** Folder of the stores. */
  readonly cache: string;
}

if (parentPort) {
  const port = parentPort;
  const work = workerData as SceneWork;
  const sources = await openTrainingSources(work.cache);
  port.on('message', async (index: ChunkMessage) => {
    if (index === leave) process.exit();
    const made: MadeChunk<PreparedScene> = { index, items: await makeScenes(sources, work, index) };
    port.postMessage(made);
  });
}
