// npm run models -- pull | list | path: the models from the hub that this machine holds.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, toAppError } from '@darkroom/shared/errors';
import { cachedFolder, defaultCacheFolder, describeModel, listModels, resolveModel } from '../models/hub.ts';
import { formatBytes, ProgressBar, type ProgressStream } from '../models/hub-progress.ts';
import { pullModel } from '../models/hub-pull.ts';
import { callerFolder } from './caller-folder.ts';

const HELP = `Usage: npm run models -- <command> [options]

Commands
  pull <owner/name>   download a model from the Hugging Face hub, or go on with an interrupted download
  list                models on this machine
  path <owner/name>   print the folder of a model on this machine

Options
  --revision <name>   branch, tag or commit to pull (default: main)
  --variant <name>    weights variant to pull, such as fp16 (default: the plain weights)
  --dir <folder>      cache folder (default: $DARKROOM_HOME/models, or ~/.cache/darkroom/models)
  --json              print one JSON object on standard output
  --help              print this text

A model's folder holds one revision and one variant; pulling another replaces it.
Environment: HF_ENDPOINT (address of the hub), HF_TOKEN (for private and gated models), DARKROOM_HOME.
`;

const OPTIONS = {
  revision: { type: 'string', default: 'main' },
  variant: { type: 'string' },
  dir: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

interface Request {
  command: string;
  model: string;
  revision: string;
  variant: string | undefined;
  cacheFolder: string;
}

/** What a command gives back: the object for --json, and its lines for people. */
interface Answer {
  json: unknown;
  text: string;
}

interface Output {
  stdout: { write(text: string): unknown };
  stderr: ProgressStream;
}

class UsageError extends Error {}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

/** Runs one command; 0 = done, 1 = failed, 2 = wrong usage, 130 = stopped by Ctrl-C. */
export async function main(words: readonly string[], output: Output = process): Promise<number> {
  const isJson = words.includes('--json');
  try {
    const request = parseRequest(words);
    if (request === undefined) {
      output.stdout.write(HELP);
      return 0;
    }
    const { json, text } = await perform(request, output);
    output.stdout.write(isJson ? `${JSON.stringify(json)}\n` : text);
    return 0;
  } catch (fault) {
    return report(fault, isJson, output);
  }
}

function parseRequest(words: readonly string[]): Request | undefined {
  const { values, positionals } = parseWords(words);
  if (values.help) return undefined;
  const [command = '', model = '', ...rest] = positionals;
  const wanted: Record<string, number> = { pull: 2, path: 2, list: 1 };
  if (wanted[command] === undefined) {
    throw new UsageError(command ? `unknown command "${command}"` : 'expected a command: pull, list or path');
  }
  if (positionals.length < wanted[command]) throw new UsageError(`${command} expects a model: owner/name`);
  if (positionals.length > wanted[command]) throw new UsageError(`unexpected "${rest[0] ?? model}"`);
  const cacheFolder = values.dir === undefined ? defaultCacheFolder() : resolve(callerFolder(), values.dir);
  return { command, model, revision: values.revision, variant: values.variant, cacheFolder };
}

function parseWords(words: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(words);
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

function parse(words: readonly string[]) {
  return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
}

async function perform(request: Request, output: Output): Promise<Answer> {
  if (request.command === 'pull') return pull(request, output);
  if (request.command === 'list') return list(request.cacheFolder);
  const folder = await resolveModel(request.model, request.cacheFolder);
  return { json: { id: request.model, folder }, text: `${folder}\n` };
}

async function pull(request: Request, output: Output): Promise<Answer> {
  const { model, revision, variant, cacheFolder } = request;
  const { HF_ENDPOINT, HF_TOKEN } = process.env;
  const endpoint = (HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
  if (!URL.canParse(endpoint)) {
    throw new AppError('misconfigured', {
      message: `HF_ENDPOINT is "${endpoint}", expected an http(s) address`,
    });
  }
  const controller = new AbortController();
  const stop = (): void => {
    const message = 'stopped; the same command goes on with the download';
    controller.abort(new AppError('canceled', { message }));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const bar = new ProgressBar(output.stderr);
  try {
    const onProgress = bar.update.bind(bar);
    const source = { endpoint, token: HF_TOKEN || undefined, revision, variant, cacheFolder };
    const receipt = await pullModel(model, { ...source, signal: controller.signal, onProgress });
    const json = describeModel(cachedFolder(model, cacheFolder), receipt);
    return { json, text: `${json.id} (${formatBytes(json.sizeBytes)}) is in ${json.folder}\n` };
  } finally {
    bar.finish();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

async function list(cacheFolder: string): Promise<Answer> {
  const models = await listModels(cacheFolder);
  const lines = models.map(({ id, revision, variant, sizeBytes, folder }) =>
    [id, variant === null ? revision : `${revision}, ${variant}`, formatBytes(sizeBytes), folder].join('  '),
  );
  const text = lines.length === 0 ? `No models in ${cacheFolder}.\n` : `${lines.join('\n')}\n`;
  return { json: { models }, text };
}

function report(fault: unknown, isJson: boolean, output: Output): number {
  if (fault instanceof UsageError) {
    const error = { code: 'invalid_request', detail: fault.message, retryable: false };
    if (isJson) output.stdout.write(`${JSON.stringify({ error })}\n`);
    else output.stderr.write(`${fault.message}\n\n${HELP}`);
    return 2;
  }
  const { code, message, retryable, cause } = toAppError(fault);
  const detail = code === 'internal' && cause instanceof Error ? cause.message : message;
  if (isJson) output.stdout.write(`${JSON.stringify({ error: { code, detail, retryable } })}\n`);
  else output.stderr.write(`${detail}\n`);
  return code === 'canceled' ? 130 : 1;
}
