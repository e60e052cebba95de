import type { Batch, Claim } from '@dbsync/core/contract';
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

let claim: Claim;
let write: (parts: Partial<Batch>) => Promise<unknown>;
let restore: pg.Client;

beforeEach(async () => {
  // The server ends the session that looks first, of two that wait for each other. So that is the restore here.
  await database.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET deadlock_timeout = '1min'`);
  restore = await database.connect();
  await restore.query("SET deadlock_timeout = '2s'; SET application_name = 'restore'; BEGIN");
  const sink = await database.open([]);
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

it('R39 gives a write up that needs a table of a restore, and goes on with the restore', async () => {
  await restore.query(LOCK_STATE);
  const writing = write({ contacts: [sampleContact('A1', { md5: 'newer' })] });
  const failed = expect(writing).rejects.toMatchObject({ code: 'POSTGRES_BUSY', verdict: 'retryable' });
  await until('dbsync');
  await restore.query(`${LOCK_CONTACTS}; COMMIT`);
  await failed;
  expect(await write({ contacts: [sampleContact('A1', { md5: 'newer' })] })).toMatchObject({ updated: 1 });
});
