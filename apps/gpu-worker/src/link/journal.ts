// Results of jobs on disk until the pool has acknowledged them: a worker that is killed tells them after its next start.
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '@darkroom/shared/errors';
import type { z } from 'zod';

/** Acknowledged records in the file before it is written anew. */
const compactAfter = 64;

/** A line: a record is kept, or no longer needed. */
type Line = { readonly keep: string; readonly record: unknown } | { readonly drop: string };

/**
 * A map on disk, one appended line a change. A record is on the disk when `keep` returns; a line that a crash cut short
 * was never promised to anyone and is ignored.
 */
export class Journal<T> implements Disposable {
  readonly #path: string;
  readonly #records: Map<string, T>;
  #file: number;
  #dropped = 0;

  private constructor(path: string, records: Map<string, T>) {
    this.#path = path;
    this.#records = records;
    this.#file = rewrite(path, records);
  }

  /**
   * Opens a journal, or begins one. One process may have it open at a time.
   * @param contract of the records; lines that no longer fit it are given to `onDamage` and let go
   * @throws AppError `misconfigured` when its folder cannot be written
   */
  static open<T>(
    path: string,
    contract: z.ZodType<T>,
    onDamage: (line: string) => void = () => undefined,
  ): Journal<T> {
    try {
      mkdirSync(dirname(path), { recursive: true });
      return new Journal(path, replay(path, contract, onDamage));
    } catch (cause) {
      const message = `the journal of results cannot be opened at ${path}`;
      throw new AppError('misconfigured', { message, cause });
    }
  }

  /** What is kept, oldest first. */
  get records(): ReadonlyMap<string, T> {
    return this.#records;
  }

  /** Keeps a record under a key, in place of one of the same key. */
  keep(key: string, record: T): void {
    this.#records.set(key, record);
    this.#append({ keep: key, record });
    fdatasyncSync(this.#file);
  }

  /** Lets a record go; an unknown key is fine. Power that fails may bring it back: it is told twice, not never. */
  drop(key: string): void {
    if (!this.#records.delete(key)) return;
    this.#append({ drop: key });
    this.#dropped += 1;
    if (this.#dropped < compactAfter) return;
    closeSync(this.#file);
    this.#file = rewrite(this.#path, this.#records);
    this.#dropped = 0;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #append(line: Line): void {
    writeAll(this.#file, `${JSON.stringify(line)}\n`);
  }
}

function replay<T>(path: string, contract: z.ZodType<T>, onDamage: (line: string) => void): Map<string, T> {
  const records = new Map<string, T>();
  for (const text of readLines(path)) {
    const line = parseLine(text);
    if (line === undefined) {
      onDamage(text);
    } else if ('drop' in line) {
      records.delete(line.drop);
    } else {
      const record = contract.safeParse(line.record);
      if (record.success) records.set(line.keep, record.data);
      else onDamage(text);
    }
  }
  return records;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

function parseLine(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line !== 'object' || line === null) return undefined;
    if ('drop' in line && typeof line.drop === 'string') return { drop: line.drop };
    if ('keep' in line && typeof line.keep === 'string' && 'record' in line) {
      return { keep: line.keep, record: line.record };
    }
  } catch {
    // Cut short by a crash.
  }
  return undefined;
}

/** Writes a journal of these records alone, whole or not at all; returns it open for appending. */
function rewrite(path: string, records: ReadonlyMap<string, unknown>): number {
  const draft = `${path}.new`;
  const file = openSync(draft, 'w', 0o600);
  for (const [keep, record] of records) writeAll(file, `${JSON.stringify({ keep, record })}\n`);
  fsyncSync(file);
  renameSync(draft, path);
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
  return file;
}

/** A write may take only part of the bytes. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
