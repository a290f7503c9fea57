// @huggingface/transformers (transformers.js) in a process of its own, asked to encode pictures one at a time.
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Time } from '../timing.ts';

/** The release that is compared. It is built on the same release of ONNX Runtime as this project. */
export const peerPackage = '@huggingface/transformers@4.3.2';

/** What the process answers. */
export interface PeerAnswer extends Time {
  readonly embedding: Float32Array;
}

/**
 * Installs the peer where it is not yet: below the system's temporary folder, since its runtime for browsers would add
 * 140 MB to every installation of this project.
 * @returns the folder that has it
 */
export async function installPeer(): Promise<string> {
  const folder = join(tmpdir(), `darkroom-bench${peerPackage.replaceAll(/[^\w.-]+/g, '-')}`);
  const installed = join(folder, 'node_modules', '@huggingface', 'transformers', 'package.json');
  const isThere = await access(installed).then(
    () => true,
    () => false,
  );
  if (isThere) return folder;
  console.error(`  installing ${peerPackage} in ${folder} (450 MB)`);
  await mkdir(folder, { recursive: true });
  await promisify(execFile)('npm', ['install', '--prefix', folder, '--ignore-scripts', peerPackage]);
  return folder;
}

/** Encodes pictures with a model that was written for it. */
export class Peer implements AsyncDisposable {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** @param model folder of `writePeerModel` */
  static async open(installed: string, model: string): Promise<Peer> {
    const script = new URL('./peer-process.ts', import.meta.url);
    const child = fork(script, [installed, model], { serialization: 'advanced' });
    const peer = new Peer(child);
    await peer.#answer();
    return peer;
  }

  async encode(pixels: Float32Array): Promise<PeerAnswer> {
    this.#process.send(pixels);
    return (await this.#answer()) as PeerAnswer;
  }

  async #answer(): Promise<unknown> {
    const gone = new AbortController();
    try {
      const [answer] = await Promise.race([
        once(this.#process, 'message', gone),
        once(this.#process, 'exit', gone).then(([code]) => {
          throw new Error(`the peer's process ended with ${code}`);
        }),
      ]);
      return answer;
    } finally {
      gone.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#process.connected) return;
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    await ended;
  }
}
