import type { AppError } from '@darkroom/shared/errors';
import manifest from '../package.json' with { type: 'json' };

/** What the routes need from outside. */
export interface Deps {
  /** Version of the edge that answers, as in its package. */
  readonly version: string;
  /** Keeps a failure of our own, its cause included, where operators look. */
  readonly reportFailure: (error: AppError, requestId: string) => void;
}

/** What a deployed edge runs with. */
export function createDeps(): Deps {
  return {
    version: manifest.version,
    reportFailure: (error, requestId) => console.error(requestId, error),
  };
}
