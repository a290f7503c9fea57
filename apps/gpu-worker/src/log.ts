// Logs: one JSON object a line, for machines first.
import { writeSync } from 'node:fs';
import { AppError } from '@darkroom/shared/errors';

export type LogLevel = 'info' | 'warn' | 'error';

/** Writes one line. Fields are facts by name: `job` and `request` tell what the line is about. */
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** A log that writes lines without any secret that an address or a foreign message may carry. */
export function jsonLog(write: (line: string) => void, now: () => number = Date.now): Log {
  return (level, message, fields = {}) => {
    const line = { at: new Date(now()).toISOString(), level, message, ...fields };
    // Each text by itself first: in the finished line the letters of escapes stand before what begins a secret.
    const text = JSON.stringify(line, (_, value) => (typeof value === 'string' ? redact(value) : value));
    write(`${redact(text)}\n`);
  };
}

/** Writes to standard output past the event loop, so that threads and last words come through; a reader that is gone costs lines. */
export function writeLine(line: string): void {
  try {
    writeSync(1, line);
  } catch {
    // Work goes on without a log.
  }
}

/** A log whose lines all carry these fields. */
export function logWith(log: Log, about: Readonly<Record<string, unknown>>): Log {
  return (level, message, fields) => log(level, message, { ...about, ...fields });
}

/** What a line says of an error, down to the foreign one behind it. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const { cause } = error;
  return {
    error: `${error.name}: ${error.message}`,
    ...(error instanceof AppError ? { code: error.code } : { stack: error.stack }),
    ...(cause !== undefined && { cause: errorFields(cause) }),
  };
}

const secrets: readonly (readonly [RegExp, string])[] = [
  [/((?:https?|wss?):\/\/)[^\s"'\\/?#@]+@/g, '$1…@'],
  // Queries sign addresses; a foreign message may show one without what stands before it.
  [/((?:https?|wss?):\/\/[^\s"'\\?]*)\?[^\s"'\\]*/g, '$1?…'],
  [/\b(X-Amz-(?:Signature|Credential|Security-Token)(?:=|%3D))[^\s"'\\&]+/gi, '$1…'],
  [/dk_(live|test)_\w+/g, 'dk_$1_…'],
  [/whsec_[\w+/=-]+/g, 'whsec_…'],
  // JSON in base64url: tokens, and the worker's own key as it is given in the environment.
  [/eyJ[\w-]{8,}(?:\.[\w-]*)*/g, 'eyJ…'],
  // That key when it was parsed: `d` is its private half.
  [/(\\*"d\\*":\s*\\*")[\w-]+/g, '$1…'],
  [/\b(bearer|basic) [\w.~+/=-]+/gi, '$1 …'],
];

function redact(text: string): string {
  return secrets.reduce((line, [pattern, instead]) => line.replace(pattern, instead), text);
}
