/** The edge's development server, as a process of its own with storage of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class EdgeServer implements AsyncDisposable {
  /** Address without a path. */
  readonly origin: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(origin: string, server: ChildProcess, folder: string) {
    this.origin = origin;
    this.#process = server;
    this.#folder = folder;
  }

  static async open(): Promise<EdgeServer> {
    const folder = await mkdtemp(join(tmpdir(), 'edge-'));
    const words = [
      'dev',
      '--ip',
      '127.0.0.1',
      '--port',
      '0',
      '--inspector-port',
      '0',
      '--persist-to',
      folder,
    ];
    const server = spawn(process.execPath, ['node_modules/wrangler/bin/wrangler.js', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CI: '1', CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' },
    });
    const said: string[] = [];
    const ready = new Promise<string>((resolve, reject) => {
      const listen = (chunk: Buffer) => {
        said.push(chunk.toString());
        const [, origin] = /Ready on (http:\/\/[\d.:]+)/.exec(said.join('')) ?? [];
        if (origin !== undefined) resolve(origin);
      };
      server.stdout.on('data', listen);
      server.stderr.on('data', listen);
      server.once('error', reject);
      server.once('exit', () => reject(new Error(`the server stopped: ${said.join('')}`)));
    });
    return new EdgeServer(await ready, server, folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
