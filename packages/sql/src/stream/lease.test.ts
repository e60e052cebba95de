import type { Claim } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { createCommittedWrites } from '../engine/committed-writes.js';
import type { SqlContext } from '../engine/sql-context.js';
import { isHeld } from './lease.js';

const CLAIM: Claim = { stream: 'C1', holder: 'H', epoch: 3n, plan: 'plan', leaseMs: 60_000 };
const PROCESS = JSON.stringify({ host: 'h', bootId: 'b', pid: 1, startedAt: 's' });

/** A context whose database has counted this number of writes. `meanwhile` runs while its row is read. */
function contextWith(writes: bigint, meanwhile: () => void): SqlContext {
  const row = {
    holder: 'H',
    epoch: '3',
    plan: 'plan',
    process: PROCESS,
    writes: String(writes),
    lease_until: 1,
    now: 0,
  };
  const query = {
    select: () => query,
    where: () => query,
    executeTakeFirst: async () => {
      meanwhile();
      return row;
    },
  };
  const committedWrites = createCommittedWrites();
  committedWrites.granted(CLAIM, 5n);
  const db = { selectFrom: () => query };
  return { db, engine: { types: { clockMs: sql`0` } }, committedWrites } as unknown as SqlContext;
}

const options = { signal: new AbortController().signal };

it('R10 takes no write that commits while the row is read for a database that was set back', async () => {
  const context = contextWith(5n, () => context.committedWrites.committed(CLAIM));
  expect(await isHeld(context, CLAIM, options)).toBe(true);
});

it('R10 knows a database that counts fewer writes than were committed', async () => {
  const context = contextWith(4n, () => {});
  expect(await isHeld(context, CLAIM, options)).toBe(false);
});
