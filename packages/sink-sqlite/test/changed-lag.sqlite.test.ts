import { expect, it } from 'vitest';
import { writeLate } from '../../../test/harness/late-write.ts';
import { createSqliteFile } from '../../../test/harness/sqlite-file.ts';
import { sqliteTarget } from '../../../test/harness/sqlite-subject.ts';
import { createSqliteEngine } from '../src/sqlite-engine.ts';

it('R23 commits nothing that was begun over 15 minutes before, so $changed is never further behind its commit', async () => {
  await using file = createSqliteFile();
  const target = sqliteTarget(file.file);
  const { committed, result } = await writeLate(createSqliteEngine(target), target);
  expect(committed).toEqual([false, true]);
  expect(result.inserted).toBeGreaterThan(1);
});
