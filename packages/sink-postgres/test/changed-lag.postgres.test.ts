import { expect, it } from 'vitest';
import { writeLate } from '../../../test/harness/late-write.ts';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from '../src/postgres-address.ts';
import { createPostgresEngine } from '../src/postgres-engine.ts';

it('R23 commits nothing that was begun over 15 minutes before, so $changed is never further behind its commit', async () => {
  const target = serverTarget(await createTestDatabase());
  const { committed, result } = await writeLate(createPostgresEngine(readAddress(target)), target);
  expect(committed).toEqual([false, true]);
  expect(result.inserted).toBeGreaterThan(1);
});
