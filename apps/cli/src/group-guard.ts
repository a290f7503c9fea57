// Runs one command in this process's group and ends the whole group with it, or when the starter is gone: a runtime that
// outlives its server would hold the port, and a starter that is killed cannot tidy up.
import { spawn } from 'node:child_process';

/** What the guard tells its starter. */
export type GuardWord =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'ended'; readonly code: number | null };

/** Time for the command to end by itself once its starter is gone. */
export const orphanGraceMs = 3_000;

if (import.meta.main) guard(process.argv.slice(2));

function guard([command = '', ...words]: readonly string[]): void {
  const child = spawn(command, words, { stdio: ['ignore', 'inherit', 'inherit'] });
  const endGroup = () => process.kill(-process.pid, 'SIGKILL');
  const end = (code: number | null) => {
    if (process.connected) process.send?.({ kind: 'ended', code } satisfies GuardWord, endGroup);
    else endGroup();
  };
  // Signals are the command's to answer; the guard goes when it has gone.
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);
  const abandon = () => {
    child.kill('SIGTERM');
    setTimeout(endGroup, orphanGraceMs);
  };
  if (process.connected) process.on('disconnect', abandon);
  else abandon();
  child.once('error', () => end(null));
  child.once('exit', end);
  const { pid } = child;
  if (pid !== undefined) process.send?.({ kind: 'started', pid } satisfies GuardWord);
}
