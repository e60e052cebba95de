import { describe, expect, it } from 'vitest';
import { repositoryFiles } from './source-files.ts';

/** Names that say nothing of what is inside. */
const EMPTY_NAMES = /^(?:utils?|common|helpers?|foundation|misc|shared|lib|stuff|tools?|core-utils)$/;
const KEBAB_CASE = /^[a-z\d]+(?:-[a-z\d]+)*$/;
/** Names that others prescribe. */
const GIVEN = /^(?:README|LICENSE|CHANGELOG|CONTRIBUTING|SECURITY)$/;

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
  ])('%s is refused', (path) => {
    expect(isBadName(path)).toBe(true);
  });

  it.each([
    'README.md',
    'docs/adr/0001-a-choice.md',
    '.ci/run',
    'packages/sql/src/limits.postgres.test.ts',
    'examples/systemd/dbsync@.service',
  ])('%s is taken', (path) => {
    expect(isBadName(path)).toBe(false);
  });
});

function isBadName(path: string): boolean {
  return path
    .split('/')
    .map((part) => part.replace(/^\.|@(?=\.)/g, '').split('.')[0] ?? '')
    .some((stem) => !GIVEN.test(stem) && (!KEBAB_CASE.test(stem) || EMPTY_NAMES.test(stem)));
}
