import { guardStore } from '@dbsync/core';
import { storeCases, wrapSinks } from '@dbsync/testkit';
import { describe, it } from 'vitest';
import { postgresSubject } from '../../../test/harness/postgres-store.ts';
import { createSink } from './index.js';

const bare = postgresSubject(createSink);

describe.each([
  ['on its own', bare],
  ['behind the guard of core', wrapSinks(bare, guardStore)],
])('the PostgreSQL sink %s', (_, subject) => {
  for (const { name, run } of storeCases) it(name, () => run(subject));
});
