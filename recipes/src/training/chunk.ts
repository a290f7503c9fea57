/** Training examples in latent space, made a chunk at a time and kept as files, so that a run can resume and repeat. */
import { existsSync } from 'node:fs';
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { colourIds, type EditRequest, editIds, objectIds, type Strength, strengths } from '../edits.ts';
import type { Curriculum } from './curriculum.ts';
import { drawExample, type Sources } from './example.ts';
import { encodePixels, type PatchProjection } from './patch-pca.ts';
import type { Size } from './view.ts';

/** Examples of a chunk where the plan does not say. */
export const chunkExamples = 512;

export interface Chunk {
  readonly requests: readonly EditRequest[];
  /** Latents of example `i` before and after its edit. */
  readonly before: (i: number) => Float32Array;
  readonly after: (i: number) => Float32Array;
}

/** Indices that stand for a request: edit, strength, object, colour, second edit; -1 where absent. */
const requestFields = 5;

const strengthIds = Object.keys(strengths) as Strength[];

export interface ChunkPlan {
  readonly size: Size;
  readonly seed: number;
  readonly index: number;
  readonly file: string;
  /** Default: {@link chunkExamples}. */
  readonly examples?: number | undefined;
  readonly curriculum?: Curriculum | undefined;
}

/** Draws chunk `index` of the list that `seed` names and writes it to `file`. */
export async function makeChunk(
  sources: Sources,
  projection: PatchProjection,
  plan: ChunkPlan,
): Promise<void> {
  const { size, seed, index, file, examples = chunkExamples, curriculum } = plan;
  const length = (projection.channels * size.width * size.height) / projection.patch ** 2;
  const before = new Float32Array(examples * length);
  const after = new Float32Array(examples * length);
  const requests = new Float32Array(examples * requestFields);
  for (let i = 0; i < examples; i++) {
    const example = drawExample(sources, size, seed, index * examples + i, curriculum);
    before.set(encodePixels(projection, example.before), i * length);
    after.set(encodePixels(projection, example.after), i * length);
    const { id, strength, object, colour, also } = example.request;
    const known = [editIds.indexOf(id), strengthIds.indexOf(strength)];
    const named = [object ? objectIds.indexOf(object) : -1, colour ? colourIds.indexOf(colour) : -1];
    requests.set([...known, ...named, also ? editIds.indexOf(also) : -1], i * requestFields);
  }
  await writeSafetensors(
    file,
    new Map([
      ['before', { dtype: 'F32', shape: [examples, length], data: before }],
      ['after', { dtype: 'F32', shape: [examples, length], data: after }],
      ['requests', { dtype: 'F32', shape: [examples, requestFields], data: requests }],
    ]),
  );
}

/** Reads a chunk, or undefined when it has not been made. */
export async function readChunk(file: string): Promise<Chunk | undefined> {
  if (!existsSync(file)) return undefined;
  const stored = await readSafetensors(file);
  const [before, after, requests] = ['before', 'after', 'requests'].map((name) => {
    const tensor = stored.get(name);
    if (!tensor) throw new Error(`${file}: expected a tensor ${name}`);
    return toFloat32(tensor);
  }) as [Float32Array, Float32Array, Float32Array];
  const examples = requests.length / requestFields;
  if (stored.get('requests')?.shape[1] !== requestFields)
    throw new Error(
      `${file}: expected ${requestFields} fields of a request: remove the chunks of an older version`,
    );
  const length = before.length / examples;
  return {
    requests: Array.from({ length: examples }, (_, i) =>
      readRequest(requests.subarray(i * requestFields, (i + 1) * requestFields)),
    ),
    before: (i) => before.subarray(i * length, (i + 1) * length),
    after: (i) => after.subarray(i * length, (i + 1) * length),
  };
}

function readRequest([edit, strength, object, colour, also]: Float32Array): EditRequest {
  const [namedObject, namedColour] = [objectIds[object as number], colourIds[colour as number]];
  const second = editIds[also as number];
  return {
    id: editIds[edit as number]!,
    strength: strengthIds[strength as number]!,
    ...(namedObject && { object: namedObject }),
    ...(namedColour && { colour: namedColour }),
    ...(second && { also: second }),
  };
}
