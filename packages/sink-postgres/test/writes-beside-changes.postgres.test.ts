import type { Batch, Claim, StoreSink } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import type pg from 'pg';
import { beforeEach, expect, it } from 'vitest';
import { postgresOfEachTest } from '../../../test/harness/servers/postgres-of-each-test.ts';
import { batchOf, claimOf } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
const PATIENT = { timeout: 20_000, interval: 20 };
const LOCK_STATE = 'LOCK mcall_sync_state IN ACCESS EXCLUSIVE MODE';
const LOCK_CONTACTS = 'LOCK mcall_contacts IN ACCESS EXCLUSIVE MODE';

const database = postgresOfEachTest(createSink);

let sink: StoreSink;
let claim: Claim;
let write: (parts: Partial<Batch>) => Promise<unknown>;
let restore: pg.Client;

beforeEach(async () => {
  // The server ends the session that looks first, of two that wait for each other. So that is the restore here.
  await database.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET deadlock_timeout = '1min'`);
  restore = await database.connect();
  await restore.query("SET deadlock_timeout = '1s'; SET application_name = 'restore'; BEGIN");
  sink = await database.open([]);
  claim = await claimOf(sink);
  write = (parts) => sink.write(batchOf(parts), claim, options);
  await write({ contacts: [sampleContact('A1')] });
});

/** Resolves once a session of this program waits for a lock. */
const until = (program: string) =>
  expect
    .poll(
      () =>
        database.query(
          `SELECT 1 FROM pg_stat_activity WHERE application_name = '${program}' AND wait_event_type = 'Lock'`,
        ),
      PATIENT,
    )
    .not.toEqual([]);

it('R39 goes on with a write for whose tables a restore waits, and with the restore', async () => {
  await database.query('BEGIN; SELECT FROM mcall_contacts WHERE "$id" = \'A1\' FOR UPDATE');
  const writing = write({ contacts: [sampleContact('A1', { md5: 'newer' })] });
  await until('dbsync');
  const restoring = restore.query(`${LOCK_STATE}; ${LOCK_CONTACTS}; COMMIT`);
  await until('restore');
  await database.query('COMMIT');
  expect(await writing).toMatchObject({ updated: 1 });
  await restoring;
});

it('R39 lets a restore have the tables that a write has got first, and goes on with the write after it', async () => {
  await restore.query(LOCK_STATE);
  const writing = write({ contacts: [sampleContact('A1', { md5: 'newer' })] });
  await until('dbsync');
  await restore.query(`${LOCK_CONTACTS}; COMMIT`);
  expect(await writing).toMatchObject({ updated: 1 });
});

it('R39 lets a restore have the tables that a deletion reads by a foreign key', async () => {
  await write({ contacts: [sampleContact('B2', { values: { $campaign_id: claim.stream }, transactions: [] })] });
  const [held] = (await sink.mirroring?.listHeld(claim, { ...options, limit: 10 })) ?? [];
  await restore.query('LOCK mcall_transactions IN EXCLUSIVE MODE');
  const removing = sink.mirroring?.remove(claim, [{ contactId: 'B2', version: held?.version ?? '' }], options);
  await until('dbsync');
  await restore.query(`${LOCK_CONTACTS}; COMMIT`);
  expect(await removing).toEqual(['B2']);
});
