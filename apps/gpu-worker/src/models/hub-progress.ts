// The progress of a pull on a terminal, or as plain lines in a log.
import type { PullProgress } from './hub-pull.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];
const REDRAW_MS = 100;
/** Speed is averaged over about this time, so that the remaining time does not jump. */
const AVERAGE_MS = 4_000;

/** Where progress is written: a terminal, or a log. */
export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** Decimal units, three digits: 999 B, 1.42 GB. */
export function formatBytes(sizeBytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, sizeBytes)) / 3));
  const value = sizeBytes / 1000 ** power;
  const digits = power === 0 || value >= 999.5 ? String(Math.round(value)) : value.toPrecision(3);
  return `${digits} ${UNITS[power]}`;
}

/** 42s, 3m 05s, 2h 10m. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.ceil(durationMs / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(seconds % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}

/** One line of at most `columns` characters: bar, share, bytes, speed, remaining time, file. */
export function formatProgress(progress: PullProgress, bytesPerSecond: number, columns: number): string {
  const { doneBytes, totalBytes, position, fileCount, path } = progress;
  const parts = [
    formatBar(totalBytes === 0 ? 1 : doneBytes / totalBytes),
    `${formatBytes(doneBytes)} / ${formatBytes(totalBytes)}`,
  ];
  if (bytesPerSecond > 0) {
    const leftMs = ((totalBytes - doneBytes) / bytesPerSecond) * 1000;
    parts.push(`${formatBytes(Math.round(bytesPerSecond))}/s`, `${formatDuration(leftMs)} left`);
  }
  parts.push(`[${position}/${fileCount}] ${path}`);
  return joinWithin(columns, parts);
}

/** A share in [0, 1] as twenty blocks and percent. */
export function formatBar(share: number): string {
  const filled = Math.floor(share * 20);
  return `${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${String(Math.floor(share * 100)).padStart(3)}%`;
}

/** One line of at most `columns` characters. */
export function joinWithin(columns: number, parts: readonly string[]): string {
  const line = parts.join('  ');
  return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;
}

/** Redraws one line on a terminal; elsewhere writes one line for each file. */
export class ProgressBar {
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  #drawnAtMs = Number.NEGATIVE_INFINITY;
  #sample: { atMs: number; receivedBytes: number } | undefined;
  #bytesPerSecond = 0;
  #announced = 0;

  constructor(stream: ProgressStream, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  update(progress: PullProgress): void {
    if (!this.#stream.isTTY) {
      this.#announce(progress);
      return;
    }
    const nowMs = this.#now();
    const isFinished = progress.doneBytes === progress.totalBytes;
    if (nowMs - this.#drawnAtMs < REDRAW_MS && !isFinished) return;
    this.#drawnAtMs = nowMs;
    this.#measure(progress.receivedBytes, nowMs);
    const columns = this.#stream.columns || 80; // a terminal of unknown size says 0
    this.#stream.write(`\r${formatProgress(progress, this.#bytesPerSecond, columns)}\x1b[K`);
  }

  /** Ends the line, so that what follows starts on its own. */
  finish(): void {
    if (this.#drawnAtMs > Number.NEGATIVE_INFINITY) this.#stream.write('\n');
  }

  #announce({ path, position, fileCount, doneBytes, totalBytes }: PullProgress): void {
    if (position <= this.#announced) return;
    this.#announced = position;
    const sums = `${formatBytes(doneBytes)} / ${formatBytes(totalBytes)}`;
    this.#stream.write(`[${position}/${fileCount}] ${path}  ${sums}\n`);
  }

  #measure(receivedBytes: number, nowMs: number): void {
    const last = this.#sample;
    this.#sample = { atMs: nowMs, receivedBytes };
    if (last === undefined || nowMs <= last.atMs) return;
    const elapsedMs = nowMs - last.atMs;
    const speed = ((receivedBytes - last.receivedBytes) / elapsedMs) * 1000;
    const weight = this.#bytesPerSecond === 0 ? 1 : 1 - Math.exp(-elapsedMs / AVERAGE_MS);
    this.#bytesPerSecond += weight * (speed - this.#bytesPerSecond);
  }
}
