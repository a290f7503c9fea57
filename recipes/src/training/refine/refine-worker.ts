/** Thread that makes samples on demand: it composes scenes and asks the segmenter about them. */
import { parentPort, workerData } from 'node:worker_threads';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { openVisionModel } from '@darkroom/gpu-worker/vision/open-vision-model';
import { openTrainingSources } from '../../compositions/scene.ts';
import { type ChunkMessage, leave, type MadeChunk } from '../prepared-stream.ts';
import { makeSamples, type RefinePlan, type RefineSample } from './refine-sample.ts';

/** What the thread is told at its start. */
export interface RefineWork extends RefinePlan {
  /** Folder of the stores. */
  readonly cache: string;
  /** Folder of the segmenter whose answers are refined. */
  readonly segmenter: string;
}

if (parentPort) {
  const port = parentPort;
  const work = workerData as RefineWork;
  const sources = await openTrainingSources(work.cache);
  const store = new ModelStore({ budgetBytes: 2 ** 28, threads: 1 });
  const segmenter = await openVisionModel('segment', work.segmenter, store);
  const stop = new AbortController();
  let working: Promise<void> = Promise.resolve();
  port.on('message', (index: ChunkMessage) => {
    if (index === leave) {
      stop.abort();
      working.then(() => process.exit());
    } else working = working.then(() => make(index));
  });
  const make = async (index: number): Promise<void> => {
    const items = await makeSamples(sources, segmenter, work, index, stop.signal);
    port.postMessage({ index, items } satisfies MadeChunk<RefineSample>);
  };
}
