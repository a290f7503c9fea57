import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('the edge builds into a Worker that could be deployed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-'));
  try {
    const words = ['run', '--silent', 'deploy', '--', '--dry-run', '--outdir', folder];
    const { status, stdout, stderr } = spawnSync('npm', words, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('env.DB');
    expect(await readdir(folder)).toContain('index.js');
  } finally {
    await rm(folder, { recursive: true });
  }
});
