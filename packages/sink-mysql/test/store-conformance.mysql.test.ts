import { guardStore } from '@dbsync/core';
import { storeCases, wrapSinks } from '@dbsync/testkit';
import { describe, it } from 'vitest';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { mysqlSubject } from '../../../test/harness/servers/mysql-store.ts';
import { createSink } from '../src/index.ts';

/** Both servers with their default settings: rows go to MariaDB by LOAD DATA, to MySQL as statements. */
const SUBJECTS = MYSQL_PRODUCTS.map((product) => {
  const databases = { create: () => createTestDatabase(product), drop: dropTestDatabase };
  return [product, mysqlSubject(createSink, databases)] as const;
});

describe.each([
  ...SUBJECTS.map(([product, bare]) => [product, 'on its own', bare] as const),
  ...SUBJECTS.slice(0, 1).map(
    ([product, bare]) => [product, 'behind the guard of core', wrapSinks(bare, guardStore)] as const,
  ),
])('the MySQL sink on %s %s', (_product, _how, subject) => {
  for (const { name, run } of storeCases) it(name, () => run(subject));
});
