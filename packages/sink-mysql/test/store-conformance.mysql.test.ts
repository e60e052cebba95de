import { guardStore } from '@dbsync/core';
import { storeCases, wrapSinks } from '@dbsync/testkit';
import { describe, it } from 'vitest';
import { GUARDED_CASES } from '../../../test/harness/repeated-cases.ts';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { mysqlSubject } from '../../../test/harness/servers/mysql-store.ts';
import { sinkShare } from '../../../test/harness/sink-share.ts';
import { createSink } from '../src/index.ts';

/** Both servers with their default settings: rows go to MariaDB by LOAD DATA, to MySQL as statements. */
const SUBJECTS = MYSQL_PRODUCTS.map((product) => {
  const databases = { create: () => createTestDatabase(product), drop: dropTestDatabase };
  return [product, mysqlSubject(createSink, databases)] as const;
});

describe.each(SUBJECTS)('the MySQL sink on %s on its own', (_product, subject) => {
  for (const { name, run } of storeCases) it(name, () => run(subject));
});

const share = sinkShare();
const SHARING = MYSQL_PRODUCTS.map((product) => {
  const databases = { create: () => createTestDatabase(product), drop: dropTestDatabase };
  return [product, mysqlSubject((target) => createSink({ ...target, share }), databases)] as const;
});

describe.each(SHARING.slice(0, 1))(
  'the MySQL sink on %s behind the guard of core, whose sinks share connections',
  (_product, sharing) => {
    const guarded = wrapSinks(sharing, guardStore);
    for (const { name, run } of GUARDED_CASES) it(name, () => run(guarded));
  },
);

// The servers differ in how they end a session, and in their transactions.
describe.each(SHARING.slice(1))('the MySQL sink on %s, whose sinks share connections', (_product, sharing) => {
  for (const { name, run } of storeCases.filter(({ needs }) => needs === 'network')) it(name, () => run(sharing));
});
