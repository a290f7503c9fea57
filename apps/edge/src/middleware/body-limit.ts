import { AppError } from '@darkroom/shared/errors';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/**
 * Refuses bodies above a size before anyone reads them: by their declared length, or by counting where none is declared.
 *
 * Throws `request_too_large`.
 */
export function limitBody(maxBytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      const message = `body: expected at most ${maxBytes} bytes`;
      throw new AppError('request_too_large', { message, details: { field: 'body', maxBytes } });
    },
  });
}
