import { expect, it } from 'vitest';
import { writeLate } from '../../../test/harness/late-write.ts';
import { createTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from '../src/mysql-address.ts';
import { createMysqlEngine } from '../src/mysql-engine.ts';

it.each(MYSQL_PRODUCTS)(
  'R23 commits nothing that was begun over 15 minutes before, so $changed is never further behind its commit: %s',
  async (product) => {
    const target = serverTarget(await createTestDatabase(product));
    const { committed, result } = await writeLate(createMysqlEngine(readAddress(target)), target);
    expect(committed).toEqual([false, true]);
    expect(result.inserted).toBeGreaterThan(1);
  },
);
