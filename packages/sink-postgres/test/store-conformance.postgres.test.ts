import { guardStore } from '@dbsync/core';
import { storeCases, wrapSinks } from '@dbsync/testkit';
import { describe, it } from 'vitest';
import { GUARDED_CASES } from '../../../test/harness/repeated-cases.ts';
import { postgresSubject } from '../../../test/harness/servers/postgres-store.ts';
import { sinkShare } from '../../../test/harness/sink-share.ts';
import { createSink } from '../src/index.ts';

const bare = postgresSubject(createSink);
const share = sinkShare();
const sharing = postgresSubject((target) => createSink({ ...target, share }));

describe('the PostgreSQL sink on its own', () => {
  for (const { name, run } of storeCases) it(name, () => run(bare));
});

describe('the PostgreSQL sink behind the guard of core, whose sinks share connections', () => {
  const guarded = wrapSinks(sharing, guardStore);
  for (const { name, run } of GUARDED_CASES) it(name, () => run(guarded));
});
