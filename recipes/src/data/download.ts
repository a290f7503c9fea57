import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { PackagePin } from './packages.ts';

const run = promisify(execFile);
const downloadTimeoutMs = 15 * 60_000;

/** Folder that holds the unpacked files of a package. */
export function packageFolder(cache: string, pin: PackagePin): string {
  return join(cache, 'packages', pin.name.replace('@', '').replace('/', '-'));
}

/** Hash of a file as lower-case hex, read as a stream. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/**
 * Tells whether the package lies unpacked, from exactly the pinned archive and with the pinned choice of paths.
 */
export async function isUnpacked(cache: string, pin: PackagePin): Promise<boolean> {
  const stamp = await readFile(join(packageFolder(cache, pin), '.unpacked'), 'utf8').catch(() => '');
  return stamp === stampOf(pin);
}

/**
 * Downloads a package without installing it, checks its hash and unpacks the wanted paths; does nothing when that
 * was done before.
 *
 * @returns the folder with the unpacked files
 * @throws Error naming package, expected and actual hash, or the downloader's message.
 */
export async function obtainPackage(
  cache: string,
  pin: PackagePin,
  log: (line: string) => void,
): Promise<string> {
  const folder = packageFolder(cache, pin);
  if (await isUnpacked(cache, pin)) return folder;
  const archive = `${folder}.${pin.manager === 'debian' ? 'deb' : 'tgz'}`;
  await mkdir(join(cache, 'packages'), { recursive: true });
  if ((await sha256OfFile(archive).catch(() => '')) !== pin.sha256) {
    log(`downloading ${pin.name} ${pin.version} (${pin.sizeMb} MB)`);
    await downloadArchive(cache, pin, archive);
  }
  log(`unpacking ${pin.name}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await unpack(pin, archive, folder);
  await writeFile(join(folder, '.unpacked'), stampOf(pin));
  return folder;
}

function stampOf(pin: PackagePin): string {
  return [pin.sha256, ...pin.unpack].join('\n');
}

async function downloadArchive(cache: string, pin: PackagePin, archive: string): Promise<void> {
  const landing = join(cache, 'packages', `.landing-${process.pid}`);
  await rm(landing, { recursive: true, force: true });
  await mkdir(landing);
  try {
    const [tool, args] = downloadCommand(pin);
    await run(tool, args, { cwd: landing, timeout: downloadTimeoutMs, maxBuffer: 1 << 26 }).catch((cause) => {
      throw new Error(`expected ${tool} to download ${pin.name} ${pin.version}, came: ${messageOf(cause)}`, {
        cause,
      });
    });
    const names = await readdir(landing);
    const [name] = names;
    if (!name || names.length !== 1) {
      throw new Error(`expected one archive of ${pin.name}, came ${names.length} files`);
    }
    const actual = await sha256OfFile(join(landing, name));
    if (actual !== pin.sha256) {
      throw new Error(`expected sha256 ${pin.sha256} of ${pin.name} ${pin.version}, came ${actual}`);
    }
    await rename(join(landing, name), archive);
  } finally {
    await rm(landing, { recursive: true, force: true });
  }
}

function downloadCommand(pin: PackagePin): [tool: string, args: string[]] {
  if (pin.manager === 'debian') return ['apt-get', ['download', '-q', `${pin.name}=${pin.version}`]];
  return ['npm', ['pack', '--loglevel', 'error', `${pin.name}@${pin.version}`]];
}

async function unpack(pin: PackagePin, archive: string, folder: string): Promise<void> {
  const wanted = ['--wildcards', '--no-same-owner', '-C', folder, ...pin.unpack];
  if (pin.manager === 'npm') {
    await run('tar', ['-xzf', archive, ...wanted]);
    return;
  }
  const tree = `${folder}.tar`;
  await run('sh', ['-c', 'dpkg-deb --fsys-tarfile "$1" > "$2"', 'sh', archive, tree]);
  await run('tar', ['-xf', tree, ...wanted]).finally(() => rm(tree, { force: true }));
}

function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const stderr = 'stderr' in cause && typeof cause.stderr === 'string' ? cause.stderr.trim() : '';
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^W:|A complete log/.test(line));
  return lines.slice(-3).join(' ') || cause.message;
}
