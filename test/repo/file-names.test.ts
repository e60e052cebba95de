import { describe, expect, it } from 'vitest';
import { repositoryFiles } from './source-files.ts';

/** Matches names that say nothing about the contents. */
const EMPTY_NAMES = /^(?:utils?|common|helpers?|foundation|misc|shared|lib|stuff|tools?|core-utils)$/;
const KEBAB_CASE = /^[a-z\d]+(?:-[a-z\d]+)*$/;
/** Matches names that others prescribe. */
const GIVEN = /^(?:README|LICENSE|CHANGELOG|CONTRIBUTING|SECURITY|Dockerfile)$/;
/** Matches files of dbt, which makes names in SQL of them. */
const OF_DBT = /^examples\/dbt\/[a-z_/]+\.(?:sql|yml)$/;

describe('names of files and folders', () => {
  const paths = repositoryFiles().map(({ path }) => path);

  it('are kebab-case and name a concept', () => {
    expect(paths.length).toBeGreaterThan(60);
    expect(paths.filter(isBadName)).toEqual([]);
  });

  it.each([
    'packages/core/src/utils/clock.ts',
    'packages/sql/src/helpers.ts',
    'packages/sql/src/common.test.ts',
    'packages/sql/src/tablePlan.ts',
    'packages/sql/src/Table_Plan/columns.ts',
    'docs/Running.md',
    'examples/reports/calls_by_day.sql',
  ])('%s is refused', (path) => {
    expect(isBadName(path)).toBe(true);
  });

  it.each([
    'README.md',
    'docs/adr/0001-a-choice.md',
    '.ci/run',
    'packages/sql/src/limits.postgres.test.ts',
    'packages/cli/systemd/dbsync@.service',
    'Dockerfile',
    'examples/compose/db-init.env.example',
    'examples/dbt/models/staging/stg_calls.sql',
  ])('%s is taken', (path) => {
    expect(isBadName(path)).toBe(false);
  });
});

describe('tests of a package', () => {
  const paths = repositoryFiles().map(({ path }) => path);

  it('stand beside the file that they test, or in the test folder of the package', () => {
    expect(paths.filter((path) => path.endsWith('.test.ts')).length).toBeGreaterThan(300);
    expect(strayTests(paths)).toEqual([]);
    expect(strayTests(['packages/sql/src/write/batch-rows.test.ts', 'packages/sql/src/batch-rows.ts'])).toHaveLength(1);
    expect(strayTests(['packages/sql/src/rows.mysql.test.ts', 'packages/sql/src/rows.ts'])).toEqual([]);
    expect(strayTests(['packages/sql/test/many-rows.test.ts'])).toEqual([]);
  });
});

/** Tests in the sources of a package without the file that they are named after. */
function strayTests(paths: readonly string[]): readonly string[] {
  const known = new Set(paths);
  return paths.filter((path) => {
    const tested = /^(packages\/[^/]+\/src\/.*?)(?:\.[a-z]+)?\.test\.ts$/.exec(path);
    return tested !== null && !known.has(`${tested[1]}.ts`);
  });
}

function isBadName(path: string): boolean {
  if (OF_DBT.test(path)) return false;
  return path
    .split('/')
    .map((part) => part.replace(/^\.|@(?=\.)/g, '').split('.')[0] ?? '')
    .some((stem) => !GIVEN.test(stem) && (!KEBAB_CASE.test(stem) || EMPTY_NAMES.test(stem)));
}
