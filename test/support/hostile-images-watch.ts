/** What the decode processes of a test cost. */
import { readdirSync, readFileSync } from 'node:fs';

/** Numbers of the decode processes that this process runs, as Linux lists them. */
export function decodeProcesses(): number[] {
  const threads = readdirSync('/proc/self/task');
  const children = threads.flatMap((thread) =>
    readOrNothing(`/proc/self/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
  return children.filter((child) => readOrNothing(`/proc/${child}/cmdline`).includes('decode-child.ts'));
}

/** Looks again and again at how much memory they ever had resident. */
export class MemoryWatch implements Disposable {
  #peakMb = 0;
  readonly #timer = setInterval(() => this.#look(), 20);

  /** The most that one of them had, in MiB. */
  get peakMb(): number {
    return this.#peakMb;
  }

  #look(): void {
    for (const child of decodeProcesses()) {
      const peakKb = /VmHWM:\s+(\d+)/.exec(readOrNothing(`/proc/${child}/status`))?.[1] ?? 0;
      this.#peakMb = Math.max(this.#peakMb, Number(peakKb) / 1024);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** A process may be gone by now. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
