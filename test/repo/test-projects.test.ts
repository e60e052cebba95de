import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SHARED, TESTS } from '../harness/test-projects.ts';

const root = join(import.meta.dirname, '../..');
const filesOf = (patterns: readonly string[]) =>
  globSync([...patterns], { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] });
const shared = filesOf(SHARED);

it('some test files share a process, and each of them is a test file', () => {
  expect(shared.length).toBeGreaterThan(100);
  const all = new Set(filesOf(TESTS));
  expect(shared.filter((file) => !all.has(file))).toEqual([]);
});

it('a test file that shares a process replaces no module or global, and asks for no server', () => {
  expect(shared.filter((file) => /\.(postgres|mysql|mssql|nats|pgbouncer)\.test\.ts$/.test(file))).toEqual([]);
  const wholeProcess = /\bvi\.(mock|doMock|stubGlobal|stubEnv)\(|\binject\(/;
  expect(shared.filter((file) => wholeProcess.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});
