import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,packages,recipes}/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    maxWorkers: 2,
    // No test replaces a module or leaves one changed, so files share a worker's modules: half the time.
    isolate: false,
  },
});
