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
    expect({ status, stderr }).toMatchObject({ status: 0 });
    // It warns that signed addresses of the local bucket are experimental; nothing else.
    expect(stderr.match(/WARNING|ERROR/g)).toEqual(['WARNING']);
    expect(stderr).toContain('experimental_s3_credentials');
    for (const name of ['DB', 'IMAGES', 'POOLS', 'LIMITS']) expect(stdout).toContain(`env.${name}`);
    expect(await readdir(folder)).toContain('index.js');
  } finally {
    await rm(folder, { recursive: true });
  }
});
