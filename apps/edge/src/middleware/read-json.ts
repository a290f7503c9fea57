import { parseContract } from '@darkroom/shared/contracts/parse-contract';
import { AppError } from '@darkroom/shared/errors';
import type { HonoRequest } from 'hono';
import type { z } from 'zod';

/** Far above what any contract takes; to parse more would cost an isolate the memory that it shares with others. */
export const maxJsonBytes: number = 1024 * 1024;

/**
 * The body of a request that is to be JSON, as text.
 *
 * @throws AppError `request_too_large`, if possible before anything is read
 */
export async function readJsonText(request: HonoRequest): Promise<string> {
  if (Number(request.header('content-length') ?? 0) > maxJsonBytes) throw tooLarge();
  // As bytes, because the runtime would warn of a content type that is no text, in the client's own words.
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > maxJsonBytes) throw tooLarge();
  return new TextDecoder().decode(bytes);
}

function tooLarge(): AppError {
  const message = `body: expected at most ${maxJsonBytes} bytes of JSON`;
  return new AppError('request_too_large', { message, details: { field: 'body', maxBytes: maxJsonBytes } });
}

/**
 * The JSON body of a request; no body counts as an empty object.
 *
 * @throws AppError `invalid_request` when it is no JSON or not what the contract says, `request_too_large`
 */
export async function readJson<T extends z.ZodType>(request: HonoRequest, contract: T): Promise<z.output<T>> {
  const text = await readJsonText(request);
  return parseContract(contract, text === '' ? {} : parsed(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_request', {
      message: 'body: expected JSON',
      cause,
      details: { field: 'body' },
    });
  }
}
