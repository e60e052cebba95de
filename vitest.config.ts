import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { hasCommand } from './test/harness/servers/debian-tools.ts';
import { temporaryFolderOfRun } from './test/harness/temporary-folders.ts';
import { SHARED, TESTS } from './test/harness/test-projects.ts';

const hasDebianPackages = hasCommand('apt-get');
const hasMariadb = hasCommand('apt-get') || process.env.DBSYNC_TEST_MARIADB_URL !== undefined;
const hasMssql = process.env.DBSYNC_TEST_MSSQL_URL !== undefined;
const withoutServer = [
  ...(hasMariadb ? [] : ['**/*.mysql.test.ts']),
  ...(hasMssql ? [] : ['**/*.mssql.test.ts']),
  ...(hasDebianPackages ? [] : ['**/*.nats.test.ts', '**/*.pgbouncer.test.ts', '**/*.chromium.test.ts']),
];
const exclude = ['**/node_modules/**', '**/dist/**', 'test/fixtures/**', ...withoutServer];
const common = {
  setupFiles: ['test/harness/property-seed.ts'],
  // The tests start hundreds of dbsync processes: each takes its compiled modules from there.
  env: {
    NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/dbsync-compiled'),
    ...temporaryFolderOfRun(),
    // The language of the machine must not change what commands print.
    DBSYNC_LANG: 'en',
  },
  testTimeout: 120_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  test: {
    maxWorkers: 3,
    passWithNoTests: false,
    projects: [
      { test: { ...common, name: 'shared', include: [...SHARED], exclude, isolate: false } },
      {
        test: {
          ...common,
          name: 'alone',
          include: [...TESTS],
          exclude: [...exclude, ...SHARED],
          // Imports JSON in a way that Node.js refuses.
          server: { deps: { inline: [/@actions\/(?:workflow-parser|expressions)/] } },
          globalSetup: ['test/harness/servers/servers-setup.ts'],
        },
      },
    ],
  },
});
