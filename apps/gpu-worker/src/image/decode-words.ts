// What a decode process tells its worker: words as lines of JSON over a pipe, pixels in a file.
import { AppError } from '@darkroom/shared/errors';
import { z } from 'zod';

const side = z.int().positive();

/** What a decode process says. The process reads hostile files, so it is believed no more than they are. */
export const DecodeWord = z.discriminatedUnion('kind', [
  /** It can take its first image. */
  z.strictObject({ kind: z.literal('ready') }),
  /** Sides of the image that it begins to decode. */
  z.strictObject({ kind: z.literal('size'), width: side, height: side }),
  /** The pixels lie in the file. */
  z.strictObject({ kind: z.literal('picture'), width: side, height: side, channels: z.literal([3, 4]) }),
  z.strictObject({
    kind: z.literal('refused'),
    code: z.enum(['image_corrupt', 'image_too_large', 'unsupported_media', 'internal']),
    message: z.string().max(2000),
    details: z.record(z.string().max(100), z.unknown()).optional(),
  }),
]);
export type DecodeWord = z.infer<typeof DecodeWord>;

/** Far more than any word has. */
const maxLineLength = 10_000;

/** Reads words from a pipe. */
export class WordReader {
  readonly #chunks: AsyncIterator<string>;
  #rest = '';

  constructor(pipe: AsyncIterable<string>) {
    this.#chunks = pipe[Symbol.asyncIterator]();
  }

  /** The next word. @throws whatever is wrong with it; the pipe is of no use then */
  async next(): Promise<DecodeWord> {
    for (;;) {
      const end = this.#rest.indexOf('\n');
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return DecodeWord.parse(JSON.parse(line));
      }
      if (this.#rest.length > maxLineLength) throw new RangeError('word: expected a shorter one');
      const turn = await this.#chunks.next();
      if (turn.done) throw new Error('word: expected one, got the end of the pipe');
      this.#rest += turn.value;
    }
  }
}

/** The error that a process spoke of. */
export function refusalOf({ code, message, details }: Extract<DecodeWord, { kind: 'refused' }>): AppError {
  return new AppError(code, { message, ...(details && { details }) });
}
