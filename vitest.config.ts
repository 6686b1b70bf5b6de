import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    dir: 'test',
    // TensorFlow's library can't be loaded into a worker thread.
    pool: 'forks',
    setupFiles: ['test/helpers/ownFolder.ts'],
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
