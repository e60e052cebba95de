import { expect, it } from 'vitest';
import { writeLate } from '../../../test/harness/late-write.ts';
import { createTestDatabase } from '../../../test/harness/postgres-database.ts';
import { serverTarget } from '../../../test/harness/server-target.ts';
import { readAddress } from './postgres-address.js';
import { createPostgresEngine } from './postgres-engine.js';

it('R23 commits nothing that was begun over 15 minutes before, so $changed is never further behind its commit', async () => {
  const target = serverTarget(await createTestDatabase());
  const { committed, result } = await writeLate(createPostgresEngine(readAddress(target)), target);
  expect(committed).toEqual([false, true]);
  expect(result.inserted).toBeGreaterThan(1);
});
