import { sampleConnection, sampleContact, sampleRecording, sampleTransaction } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { postgresOfEachTest } from '../../../test/harness/servers/postgres-of-each-test.ts';
import { batchOf, claimOf, never } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const database = postgresOfEachTest(createSink);

/** The size of a page of a listing. */
const PAGE = 1000;

it('R16b compares the rows below a page of contacts without reading a table through', async () => {
  const sink = await database.open([]);
  const claim = await claimOf(sink);
  const contacts = Array.from({ length: PAGE }, (_, nr) => {
    const recording = sampleRecording(`c${nr}`, 'first');
    const connection = sampleConnection(`c${nr}`, { recordings: [recording] });
    return sampleContact(`A${nr}`, { md5: `m${nr}`, transactions: [sampleTransaction(`A${nr}`, 1, {}, [connection])] });
  });
  await sink.write(batchOf({ contacts }), claim, never);
  await multiplyRows();
  const ids = contacts.map(({ contactId }) => contactId);
  const versions = await sink.readVersions(claim, ids, { ...never, compareRows: true });
  expect(versions.size).toBe(PAGE);
  await sink.close();
  // A session reports what it read when it ends.
  const open = "SELECT FROM pg_stat_activity WHERE application_name = 'dbsync' AND datname = current_database()";
  await expect.poll(async () => (await database.query(open)).length).toBe(0);
  expect(await readThrough()).toEqual([]);
});

const OTHERS = 30_000;

/** Adds rows of other contacts, as many as a large campaign has: reading a whole table then looks cheaper than a join by an index. */
async function multiplyRows(): Promise<void> {
  const others = `SELECT 'other' || nr, 'other' || nr FROM generate_series(1, ${OTHERS}) nr`;
  await database.query(`
    INSERT INTO mcall_contacts ("$id", "$ref") ${others};
    INSERT INTO mcall_transactions (id, contact_id) ${others};
    INSERT INTO mcall_connections (id, transaction_id) ${others};
    INSERT INTO mcall_recordings (id, connection_id) ${others}`);
  await database.query('ANALYZE');
}

/** Returns the tables that were read from the first row to the last one since they have all rows. */
async function readThrough() {
  return database.query(`SELECT relname AS name, seq_tup_read::int AS rows FROM pg_stat_user_tables
    WHERE relname IN ('mcall_transactions', 'mcall_connections', 'mcall_recordings') AND seq_tup_read >= ${OTHERS}`);
}
