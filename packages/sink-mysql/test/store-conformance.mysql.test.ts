import { guardStore } from '@dbsync/core';
import { storeCases, wrapSinks } from '@dbsync/testkit';
import { describe, it } from 'vitest';
import { GUARDED_CASES } from '../../../test/harness/repeated-cases.ts';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { mysqlSubject } from '../../../test/harness/servers/mysql-store.ts';
import { createSink } from '../src/index.ts';

/** Both servers with their default settings: rows go to MariaDB by LOAD DATA, to MySQL as statements. */
const SUBJECTS = MYSQL_PRODUCTS.map((product) => {
  const databases = { create: () => createTestDatabase(product), drop: dropTestDatabase };
  return [product, mysqlSubject(createSink, databases)] as const;
});

describe.each(SUBJECTS)('the MySQL sink on %s on its own', (_product, subject) => {
  for (const { name, run } of storeCases) it(name, () => run(subject));
});

describe.each(SUBJECTS.slice(0, 1))('the MySQL sink on %s behind the guard of core', (_product, bare) => {
  const guarded = wrapSinks(bare, guardStore);
  for (const { name, run } of GUARDED_CASES) it(name, () => run(guarded));
});
