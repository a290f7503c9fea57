// The bare Worker behind the same development server as the edge.
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, localAddress } from '@darkroom/cli/free-port';
import { awaitEdge } from '@darkroom/cli/readiness';
import { projectRoot } from '@darkroom/cli/state-folder';
import { SupervisedProcess } from '@darkroom/cli/supervised-process';
import { unstable_readConfig } from 'wrangler';

const wranglerMain = join(
  dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
  'bin/wrangler.js',
);
const workerMain = fileURLToPath(new URL('bare-hono.ts', import.meta.url));
const graceMs = 5_000;

export interface BareServer extends AsyncDisposable {
  /** Without a path. */
  readonly url: string;
}

/** Starts the bare Worker and waits until it answers. */
export async function openBareServer(signal: AbortSignal): Promise<BareServer> {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await mkdtempDisposable(join(tmpdir(), 'darkroom-bare-')));
  const { compatibility_date, compatibility_flags } = unstable_readConfig(
    { config: join(projectRoot, 'wrangler.toml') },
    { hideWarnings: true },
  );
  const config = join(folder.path, 'wrangler.json');
  await writeFile(
    config,
    JSON.stringify({ name: 'bare', main: workerMain, compatibility_date, compatibility_flags }),
  );
  const port = await freePort(0);
  const where = ['--config', config, '--ip', localAddress, '--port', String(port), '--inspector-port', '0'];
  parts.use(
    new SupervisedProcess({
      name: 'bare server',
      command: [process.execPath, wranglerMain, 'dev', ...where, '--log-level', 'log'],
      cwd: folder.path,
      env: { ...process.env, CI: '1', CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' },
      graceMs,
      onLine: () => undefined,
      onRestart: () => undefined,
    }),
  );
  const url = `http://${localAddress}:${port}`;
  await awaitEdge({ url, key: '' }, signal);
  const running = parts.move();
  return { url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
