// A command that sends one photo as a job of one kind and writes down what comes back.
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { callerFolder } from '@darkroom/gpu-worker/cli/caller-folder';
import { StepProgress } from '@darkroom/gpu-worker/cli/progress';
import type { InputFormat } from '@darkroom/gpu-worker/image/media-type';
import type { ProgressStream } from '@darkroom/gpu-worker/models/hub-progress';
import { model as ModelId } from '@darkroom/shared/contracts/parameters';
import { idRandomBytes, makeId } from '@darkroom/shared/ids';
import { advanceView, type CommandView, failedView, queuedView, succeededView } from './command-view.ts';
import type { Answer, JobEvent, JobRun, WrittenOutput } from './job-event.ts';
import { type PhotoFile, readPhotoFile } from './photo-file.ts';
import type { CommandPlace, PhotoArguments } from './photo-options.ts';
import { runRemotely } from './remote-job.ts';
import { listenForStop } from './stop-signal.ts';

/** Kinds of job that have a command. */
export type CommandKind = 'edit' | 'segment' | 'detect' | 'caption';

/** The fields of a request beside its photo, as its contract names them. */
export interface Wish {
  /** Words to follow. */
  readonly prompt?: string | undefined;
  readonly [field: string]: unknown;
}

/** What the photo's job is asked for. */
export interface Order {
  readonly photo: PhotoFile;
  readonly wish: Wish;
  /** A mask in a file of its own. */
  readonly mask?: PhotoFile | undefined;
}

/** One kind of job as a command offers it. */
export interface PhotoCommand<A extends PhotoArguments = PhotoArguments, P = unknown> {
  readonly kind: CommandKind;
  /** What `--help` prints. */
  readonly help: string;
  /** Reads the command's words; undefined when they ask for help. @throws invalid_request naming the word that is wrong */
  parse(words: readonly string[], place: CommandPlace): A | undefined;
  /** What the view shows before the job says more. */
  firstView?(asked: A | undefined): Partial<CommandView>;
  /** Decides where files go, before any work is spent on them. @param type of the photo */
  prepare(asked: A, type: InputFormat): Promise<P>;
  /** What to ask for. */
  wish(asked: A, prepared: P): Wish;
  /** The file of a mask that goes with the photo. */
  maskFile?(asked: A): string | undefined;
  /** Writes the files of an answer: all of them or none. */
  write(prepared: P, answer: Answer, photo: PhotoFile): Promise<readonly WrittenOutput[]>;
  /** What a person reads, on standard output and on standard error. */
  tell(view: CommandView, startedAtMs: number): { readonly out?: string; readonly err?: string };
}

/** Where a command writes. */
export interface CommandOutput {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: ProgressStream;
}

/** Runs a command; 0 = done, 1 = failed, 2 = wrong usage, 130 = stopped by Ctrl-C. */
export async function runCommand<A extends PhotoArguments, P>(
  command: PhotoCommand<A, P>,
  words: readonly string[],
  output: CommandOutput = process,
): Promise<number> {
  const createdAtMs = Date.now();
  const id = makeId('job', createdAtMs, randomBytes(idRandomBytes));
  const isJson = words.includes('--json');
  const tell = (view: CommandView) =>
    isJson ? tellJson(view, output) : tellPerson(command, view, { output, createdAtMs });
  const folder = callerFolder();
  const begin = (asked?: A) => ({
    ...queuedView(command.kind, id, createdAtMs),
    ...command.firstView?.(asked),
  });
  let asked: A | undefined;
  try {
    asked = command.parse(words, { folder, environment: process.env });
  } catch (fault) {
    tell(failedView(begin(), fault));
    return 2;
  }
  if (asked === undefined) {
    output.stdout.write(command.help);
    return 0;
  }
  using stop = listenForStop('stopped; nothing was written');
  const bar = isJson ? undefined : new StepProgress(output.stderr);
  const onPhase = (phase: string) => bar?.announce(phase);
  const run = { id, createdAtMs, folder, signal: stop.signal, onPhase };
  const view = await follow(command, asked, { view: begin(asked), run, bar });
  tell(view);
  if (view.status === 'canceled') return 130;
  return view.status === 'succeeded' ? 0 : 1;
}

interface Following {
  readonly view: CommandView;
  readonly run: JobRun;
  readonly bar: StepProgress | undefined;
}

/** Runs the job to its end, which is a view however it ends. */
async function follow<A extends PhotoArguments, P>(
  command: PhotoCommand<A, P>,
  asked: A,
  { view: first, run, bar }: Following,
): Promise<CommandView> {
  let view = first;
  try {
    const photo = await readPhotoFile(asked.photo);
    const maskFile = command.maskFile?.(asked);
    const mask = maskFile === undefined ? undefined : await readPhotoFile(maskFile, 'mask');
    const prepared = await command.prepare(asked, photo.format);
    const order = { photo, mask, wish: command.wish(asked, prepared) };
    for await (const event of await openRoad(command.kind, asked, { order, run })) {
      view = advanceView(view, event);
      if (event.kind === 'progress') bar?.update(event);
      if (event.kind === 'answer')
        view = succeededView(view, await command.write(prepared, event.answer, photo), event.answer.result);
    }
  } catch (fault) {
    view = failedView(view, fault);
  } finally {
    bar?.finish();
  }
  return view;
}

/** The job on the road that was asked for; only the one through this process loads the engine. */
async function openRoad(
  kind: CommandKind,
  asked: PhotoArguments,
  { order, run }: { readonly order: Order; readonly run: JobRun },
): Promise<AsyncGenerator<JobEvent>> {
  if (!(await isLocal(asked, run))) return runRemotely(kind, asked, { order, run });
  run.onPhase('opening the model');
  const { runLocally } = await import('./local-job.ts');
  return runLocally(kind, asked, { order, run });
}

/** A model folder can be reached from this process alone. */
async function isLocal({ isLocal, model }: PhotoArguments, { folder }: JobRun): Promise<boolean> {
  if (isLocal || model === undefined) return isLocal;
  const isFolder = (await stat(resolve(folder, model)).catch(() => undefined))?.isDirectory() ?? false;
  return isFolder || !ModelId.safeParse(model).success;
}

function tellJson(view: CommandView, { stdout }: CommandOutput): void {
  const { result, ...rest } = view;
  const { kind: _kind, ...found } = result ?? {};
  stdout.write(`${JSON.stringify({ ...rest, ...found })}\n`);
}

function tellPerson<A extends PhotoArguments, P>(
  command: PhotoCommand<A, P>,
  view: CommandView,
  {
    output: { stdout, stderr },
    createdAtMs,
  }: { readonly output: CommandOutput; readonly createdAtMs: number },
): void {
  for (const text of view.notices) stderr.write(`${command.kind}: ${text}\n`);
  if (view.error) stderr.write(`${command.kind}: ${view.error.detail}\n`);
  if (view.status !== 'succeeded') return;
  const { out, err } = command.tell(view, createdAtMs);
  if (err) stderr.write(err);
  if (out) stdout.write(out);
}
