import { parseContract } from '@darkroom/shared/contracts/parse-contract';
import { AppError } from '@darkroom/shared/errors';
import type { HonoRequest } from 'hono';
import type { z } from 'zod';

/**
 * The JSON body of a request; no body counts as an empty object.
 *
 * @throws AppError `invalid_request` when it is no JSON or not what the contract says
 */
export async function readJson<T extends z.ZodType>(request: HonoRequest, contract: T): Promise<z.output<T>> {
  const text = await request.text();
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
