import { guardStore } from '@dbsync/core';
import { storeCases, wrapSinks } from '@dbsync/testkit';
import { describe, it } from 'vitest';
import { postgresSubject } from '../../../test/harness/servers/postgres-store.ts';
import { createSink } from '../src/index.ts';

const bare = postgresSubject(createSink);

describe.each([
  ['on its own', bare],
  ['behind the guard of core', wrapSinks(bare, guardStore)],
])('the PostgreSQL sink %s', (_, subject) => {
  for (const { name, run } of storeCases) it(name, () => run(subject));
});
