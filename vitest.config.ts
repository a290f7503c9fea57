import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { edgeTestVars } from './test/support/edge-vars.ts';

/** Tests of the edge, which need the Workers runtime and its bindings. */
const edgeTests = ['apps/edge/src/**/*.test.ts', 'test/edge/**/*.test.ts'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'node',
          include: ['{apps,packages,recipes}/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...edgeTests],
          testTimeout: 60_000,
          // No test replaces a module or leaves one changed, so files share a worker's modules: half the time.
          isolate: false,
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: { ...edgeTestVars, TEST_MIGRATIONS: await readD1Migrations('migrations') },
            },
          })),
        ],
        test: {
          name: 'edge',
          include: edgeTests,
          setupFiles: ['test/support/apply-migrations.ts'],
          testTimeout: 60_000,
          // Starting the runtime costs more than most files; the setup file empties its storage instead.
          isolate: false,
        },
      },
    ],
  },
});
