/** What a worker and its decode processes agree on beside the words that these say. */
import type { DecodeLimits } from './decode-pipeline.ts';

/** What a decode process is started with: its only argument, as JSON. */
export interface DecodeOrders {
  /** Resident memory of the whole process, in MiB, at which it ends itself. */
  readonly memoryMb: number;
  /** The file into which it puts pixels. */
  readonly path: string;
  readonly limits: DecodeLimits;
}

/** Why an image is refused that needs more. */
export function tooMuchMemory(memoryMb: number): string {
  return `image: expected to be decoded within ${memoryMb} MiB of memory`;
}

/** Where the pixels begin in the file: behind the header of libvips' own format. */
export const pixelsAt = 64;
