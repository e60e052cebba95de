import { guardStore } from '@dbsync/core';
import { storeCases, wrapSinks } from '@dbsync/testkit';
import { describe, it } from 'vitest';
import { GUARDED_CASES } from '../../../test/harness/repeated-cases.ts';
import { postgresSubject } from '../../../test/harness/servers/postgres-store.ts';
import { createSink } from '../src/index.ts';

const bare = postgresSubject(createSink);

describe('the PostgreSQL sink on its own', () => {
  for (const { name, run } of storeCases) it(name, () => run(bare));
});

describe('the PostgreSQL sink behind the guard of core', () => {
  const guarded = wrapSinks(bare, guardStore);
  for (const { name, run } of GUARDED_CASES) it(name, () => run(guarded));
});
