import type { Finding } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import { loadStore } from '../../../test/harness/loaded-store.ts';
import { createSqliteFile } from '../../../test/harness/sqlite-file.ts';

const { signal } = new AbortController();

it('tells of values that stay in overflow, and not of those that the same process moves just now', async () => {
  await using file = createSqliteFile();
  const url = `sqlite:${file.file}`;
  const warnings = async (looking: object) => {
    const store = await loadStore(url, looking);
    await store.open({ signal });
    const found = await store.checkHealth({ signal });
    await store.close();
    return found
      .filter(({ level, what }: Finding) => level === 'warn' && what.includes('overflow'))
      .map(({ what }) => what);
  };
  await file.openSink({}, ['city']);
  const looks = { onlyLooks: true, copyMayBeMissing: true };
  expect(await warnings(looks)).toEqual([]);

  file.exec(`UPDATE mcall_sync_columns SET filled = 0 WHERE column_name = 'city'`);
  expect(await warnings(looks)).toEqual(['The values of these columns are still in $overflow: mcall_contacts.city']);
  expect(await warnings({})).toEqual([]);

  file.exec('ALTER TABLE mcall_contacts DROP COLUMN city');
  const unmade = 'These columns could not be made yet, and their values are in $overflow: mcall_contacts.city';
  expect(await warnings(looks)).toEqual([unmade]);
  expect(await warnings({})).toEqual([unmade]);
});
