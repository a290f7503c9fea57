// When a command is to stop: at the first signal, or when the npm that runs it is gone.
import { AppError } from '@darkroom/shared/errors';

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm passes a Ctrl-C on that the terminal has sent already; the echo is no second wish. */
const echoMs = 300;
const watchMs = 500;

/** A wish to stop, as long as it is listened for. */
export interface StopSignal extends Disposable {
  /** Aborts with `canceled` and the message that was given. */
  readonly signal: AbortSignal;
}

/** Listens for a wish to stop; a second one ends this process at once, and the guards of others see it go. */
export function listenForStop(message: string): StopSignal {
  const controller = new AbortController();
  let firstAtMs: number | undefined;
  const stop = () => controller.abort(new AppError('canceled', { message }));
  const hear = (_: NodeJS.Signals, number: number) => {
    const atMs = performance.now();
    firstAtMs ??= atMs;
    if (atMs - firstAtMs > echoMs) process.exit(128 + number);
    stop();
  };
  for (const name of names) process.on(name, hear);
  const timer = setInterval(watchParent(stop), watchMs).unref();
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearInterval(timer);
      for (const name of names) process.off(name, hear);
    },
  };
}

/** npm passes a signal on to its shell alone, which goes without a word. */
function watchParent(onGone: () => void): () => void {
  const { ppid, env } = process;
  const isRunByNpm = env['npm_lifecycle_event'] !== undefined;
  return () => {
    if (isRunByNpm && process.ppid !== ppid) onGone();
  };
}
