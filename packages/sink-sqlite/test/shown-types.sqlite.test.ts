import { expect, it } from 'vitest';
import { createSqliteFile, never, textField } from '../../../test/harness/sqlite-file.ts';

it('says in words that a column of numbers has no declared type', async () => {
  await using file = createSqliteFile();
  const sink = await file.openSink();
  const added = await sink.declareFields([{ name: 'age', type: 'number' }], never);
  expect(added).toMatchObject([{ column: 'age', change: 'add', to: 'no declared type' }]);
  const kept = await sink.declareFields([textField('age')], never);
  expect(kept).toMatchObject([{ change: 'overflow', to: expect.stringContaining('is of no declared type') }]);
});
