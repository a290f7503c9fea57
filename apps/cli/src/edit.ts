// npm run edit -- photo.jpg "make it a snowy night": a photo and a sentence in, an edited photo out.
import { randomBytes, randomInt } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { callerFolder } from '@darkroom/gpu-worker/cli/caller-folder';
import { StepProgress } from '@darkroom/gpu-worker/cli/progress';
import { formatBytes, formatDuration, type ProgressStream } from '@darkroom/gpu-worker/models/hub-progress';
import { model as ModelId } from '@darkroom/shared/contracts/parameters';
import { idRandomBytes, makeId } from '@darkroom/shared/ids';
import { EDIT_HELP, type EditArguments, parseEditArguments } from './edit-arguments.ts';
import type { EditEvent, EditRun } from './edit-event.ts';
import { advanceView, type EditView, failedView, queuedView } from './edit-view.ts';
import { editRemotely } from './remote-edit.ts';
import { listenForStop } from './stop-signal.ts';

interface Output {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: ProgressStream;
}

/** A random seed is short enough to be typed again. */
const seedLimit = 2 ** 32;

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

/** Runs the command; 0 = done, 1 = failed, 2 = wrong usage, 130 = stopped by Ctrl-C. */
export async function main(words: readonly string[], output: Output = process): Promise<number> {
  const createdAtMs = Date.now();
  const id = makeId('job', createdAtMs, randomBytes(idRandomBytes));
  const isJson = words.includes('--json');
  const tell = isJson ? tellJson : tellPerson;
  const folder = callerFolder();
  let asked: EditArguments | undefined;
  try {
    asked = parseEditArguments(words, folder, process.env);
  } catch (fault) {
    tell(failedView(queuedView(id, createdAtMs), fault), output, createdAtMs);
    return 2;
  }
  if (asked === undefined) {
    output.stdout.write(EDIT_HELP);
    return 0;
  }
  const seed = asked.seed ?? randomInt(seedLimit);
  using stop = listenForStop('stopped; nothing was written');
  const bar = isJson ? undefined : new StepProgress(output.stderr);
  const onPhase = (phase: string) => bar?.announce(phase);
  const view = await follow(asked, { id, createdAtMs, seed, folder, signal: stop.signal, onPhase }, bar);
  tell(view, output, createdAtMs);
  if (view.status === 'canceled') return 130;
  return view.status === 'succeeded' ? 0 : 1;
}

/** Runs the edit to its end, which is a view however it ends. */
async function follow(asked: EditArguments, run: EditRun, bar: StepProgress | undefined): Promise<EditView> {
  const waiting = queuedView(run.id, run.createdAtMs);
  let view: EditView = { ...waiting, prompt: { original: asked.prompt, enhanced: null }, seed: run.seed };
  try {
    for await (const event of await openEdit(asked, run)) {
      view = advanceView(view, event);
      if (event.kind === 'progress') bar?.update(event);
    }
  } catch (fault) {
    view = failedView(view, fault);
  } finally {
    bar?.finish();
  }
  return view;
}

/** The edit on the road that was asked for; only the one through this process loads the engine. */
async function openEdit(asked: EditArguments, run: EditRun): Promise<AsyncGenerator<EditEvent>> {
  if (!(await isLocal(asked, run))) return editRemotely(asked, run);
  run.onPhase('opening the model');
  const { editLocally } = await import('./local-edit.ts');
  return editLocally(asked, run);
}

/** A model folder can be reached from this process alone. */
async function isLocal({ isLocal, model }: EditArguments, { folder }: EditRun): Promise<boolean> {
  if (isLocal || model === undefined) return isLocal;
  const isFolder = (await stat(resolve(folder, model)).catch(() => undefined))?.isDirectory() ?? false;
  return isFolder || !ModelId.safeParse(model).success;
}

function tellJson(view: EditView, { stdout }: Output): void {
  stdout.write(`${JSON.stringify(view)}\n`);
}

function tellPerson(view: EditView, { stdout, stderr }: Output, startedAtMs: number): void {
  for (const text of view.notices) stderr.write(`edit: ${text}\n`);
  if (view.error) stderr.write(`edit: ${view.error.detail}\n`);
  for (const { path, width, height, bytes } of view.outputs) {
    const took = formatDuration(Date.now() - startedAtMs);
    const facts = [`${width}×${height}`, formatBytes(bytes), `seed ${view.seed}`, took];
    stderr.write(`${facts.join(', ')}\n`);
    stdout.write(`${path}\n`);
  }
}
