import { defineConfig } from 'vitest/config';

/** No servers are started: the tests that kill mutations need none. */
export default defineConfig({
  test: {
    root: '.',
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    maxWorkers: 2,
    testTimeout: 120_000,
  },
});
