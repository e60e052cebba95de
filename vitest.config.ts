import { defineConfig } from 'vitest/config';
import { hasCommand } from './test/harness/debian-tools.ts';

const hasDebianPackages = hasCommand('apt-get');
const hasMariadb = hasCommand('apt-get') || process.env.DBSYNC_TEST_MARIADB_URL !== undefined;
const hasMssql = process.env.DBSYNC_TEST_MSSQL_URL !== undefined;
const withoutServer = [
  ...(hasMariadb ? [] : ['**/*.mysql.test.ts']),
  ...(hasMssql ? [] : ['**/*.mssql.test.ts']),
  ...(hasDebianPackages ? [] : ['**/*.nats.test.ts', '**/*.pgbouncer.test.ts']),
];

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/fixtures/**', ...withoutServer],
    globalSetup: ['test/harness/servers-setup.ts'],
    setupFiles: ['test/harness/property-seed.ts'],
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    passWithNoTests: false,
  },
});
