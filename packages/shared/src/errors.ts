/** HTTP status, whether the same request may succeed later, and the words a person sees. */
export interface ErrorKind {
  readonly status: number;
  readonly retryable: boolean;
  readonly title: string;
}

/** The closed table of failures: every error that leaves a process carries one of these codes. */
export const errorTable = {
  invalid_request: { status: 400, retryable: false, title: 'The request is not valid' },
  unauthenticated: { status: 401, retryable: false, title: 'A valid API key is required' },
  insufficient_credit: { status: 402, retryable: false, title: 'The account has too little credit' },
  spend_cap_reached: { status: 402, retryable: false, title: 'The spend cap is reached' },
  forbidden: { status: 403, retryable: false, title: 'The key may not do this' },
  not_found: { status: 404, retryable: false, title: 'There is no such resource' },
  conflict: { status: 409, retryable: false, title: 'The resource is in another state' },
  idempotency_in_flight: { status: 409, retryable: true, title: 'The same request is still being worked on' },
  idempotency_mismatch: {
    status: 422,
    retryable: false,
    title: 'The idempotency key belongs to another request',
  },
  request_too_large: { status: 413, retryable: false, title: 'The request is too large' },
  image_too_large: { status: 413, retryable: false, title: 'The image is too large' },
  unsupported_media: { status: 415, retryable: false, title: 'The file type is not supported' },
  image_corrupt: { status: 422, retryable: false, title: 'The image cannot be decoded' },
  no_match: { status: 422, retryable: false, title: 'Nothing in the photo fits what was asked for' },
  poison: { status: 422, retryable: false, title: 'The request breaks the workers that try it' },
  blocked: { status: 422, retryable: false, title: 'The request was refused by the safety rules' },
  model_required: { status: 409, retryable: false, title: 'This needs a model that is not installed' },
  model_not_found: { status: 404, retryable: false, title: 'There is no such model' },
  model_corrupt: { status: 500, retryable: false, title: 'The model files are damaged or incomplete' },
  model_unsupported: { status: 501, retryable: false, title: 'The model needs a feature this build lacks' },
  rate_limited: { status: 429, retryable: true, title: 'Too many requests' },
  canceled: { status: 499, retryable: false, title: 'The job was canceled' },
  expired: { status: 504, retryable: true, title: 'The job was not finished in time' },
  out_of_memory: { status: 503, retryable: true, title: 'The worker ran out of memory' },
  unavailable: { status: 503, retryable: true, title: 'No worker can take the job now' },
  dependency_unavailable: { status: 503, retryable: true, title: 'A part of the service does not answer' },
  misconfigured: { status: 500, retryable: false, title: 'The service is not configured correctly' },
  internal: { status: 500, retryable: true, title: 'Something went wrong on our side' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorTable;

/** All codes, in the table's order. */
export const errorCodes: readonly ErrorCode[] = Object.keys(errorTable) as ErrorCode[];

export interface AppErrorOptions {
  /** What was expected, what came, of which field; shown to the caller. Default: the code's title. */
  readonly message?: string;
  /** The foreign error behind this one; logged, never shown. */
  readonly cause?: unknown;
  /** Machine-readable facts, such as `{field, limit}`; shown to the caller. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * A failure with a code from the closed table; the only error class that crosses a process boundary.
 *
 * @example throw new AppError('image_too_large', { message: 'image: expected at most 50 megapixels, got 12000×9000' });
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly title: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const kind: ErrorKind = errorTable[code];
    super(options.message ?? kind.title, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = kind.status;
    this.retryable = kind.retryable;
    this.title = kind.title;
    this.details = options.details;
  }
}

/** The error itself when it is an `AppError`; anything else becomes `internal` with the original as its cause. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('internal', { cause: error });
}
