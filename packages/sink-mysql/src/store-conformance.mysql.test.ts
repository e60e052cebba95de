import { guardStore } from '@dbsync/core';
import { storeCases, wrapSinks } from '@dbsync/core/testkit';
import { describe, it } from 'vitest';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/mysql-database.ts';
import { mysqlSubject } from '../../../test/harness/mysql-store.ts';
import { createSink } from './index.js';

describe.each(MYSQL_PRODUCTS)('the MySQL sink on %s', (product) => {
  const bare = mysqlSubject(createSink, { create: () => createTestDatabase(product), drop: dropTestDatabase });

  describe.each([
    ['on its own', bare],
    ['behind the guard of core', wrapSinks(bare, guardStore)],
  ])('%s', (_, subject) => {
    for (const { name, run } of storeCases) it(name, () => run(subject));
  });
});
