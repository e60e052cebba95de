import { guardStore } from '@dbsync/core';
import { storeCases, wrapSinks } from '@dbsync/testkit';
import { describe, it } from 'vitest';
import { mssqlSubject } from '../../../test/harness/servers/mssql-store.ts';
import { createSink } from '../src/index.ts';

const bare = mssqlSubject(createSink);

describe.each([
  ['on its own', bare],
  ['behind the guard of core', wrapSinks(bare, guardStore)],
])('the SQL Server sink %s', (_, subject) => {
  const cases = storeCases.filter(
    ({ needs }) => needs !== 'snapshot' && needs !== 'damage' && needs !== 'obstacle' && needs !== 'looking',
  );
  for (const { name, run } of cases) it(name, () => run(subject));
});
