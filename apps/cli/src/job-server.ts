// The platform that a job goes to: the one that is named, the one that runs here, or one that runs for this job alone.
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '@darkroom/shared/errors';
import type { JobRun } from './job-event.ts';
import type { PhotoArguments } from './photo-options.ts';
import { startPlatform } from './platform.ts';
import type { Access } from './readiness.ts';
import { findRunning, openSecrets } from './state-folder.ts';

const everyMs = 250;

/** A platform as long as a job needs it. */
export type JobServer = Access & AsyncDisposable;

/**
 * Finds or starts a platform; one that was started for the job is stopped when it is disposed of.
 * @throws unavailable when a part of it does not come up; the signal's reason
 */
export async function openJobServer(asked: PhotoArguments, run: JobRun): Promise<JobServer> {
  const { server, stateFolder } = asked;
  if (server) return borrowed(server);
  while (true) {
    const running = await findRunning(stateFolder);
    if (running?.url && !running.isTemporary) {
      const { apiKey } = await openSecrets(stateFolder);
      return borrowed({ url: running.url, key: apiKey });
    }
    if (running === undefined) {
      const started = await startForOne(stateFolder, run);
      if (started) return started;
    }
    run.onPhase(running?.isTemporary ? 'waiting for another command' : 'waiting for the platform');
    await wait(everyMs, undefined, { signal: run.signal }).catch(() => run.signal.throwIfAborted());
  }
}

function borrowed(access: Access): JobServer {
  return { ...access, [Symbol.asyncDispose]: async () => undefined };
}

/** Starts a platform; undefined = another command was faster. */
async function startForOne(stateFolder: string, { signal, onPhase }: JobRun): Promise<JobServer | undefined> {
  const own = { isTemporary: true, port: 0, workers: 1 };
  return await startPlatform({ stateFolder, ...own, signal, onNotice: onPhase }).catch(async (fault) => {
    if (fault instanceof AppError && fault.code === 'conflict' && (await findRunning(stateFolder)))
      return undefined;
    throw fault;
  });
}
