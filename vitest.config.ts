import { defineConfig } from 'vitest/config';

const FILES = ['src/**/*.spec.ts', 'test/**/*.test.ts'];

/** What takes over the process' chance and time, or takes minutes: these begin first, each in a process of its own. */
const APART = ['test/simulation/*.test.ts', 'test/crash/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default'],
    // They run in the order of their names.
    projects: [
      { extends: true, test: { name: 'apart', include: APART } },
      {
        extends: true,
        // Loading the server takes as long as many a file's tests: the files of a worker share what is loaded.
        test: { name: 'together', include: FILES, exclude: APART, isolate: false },
      },
    ],
  },
});
