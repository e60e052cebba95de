import type { Claim, Field, StoreSink } from '@dbsync/core/contract';
import { sampleContact, sampleTransaction } from '@dbsync/testkit';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dbsync2Tables } from '../../../test/harness/dbsync2-tables.ts';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { createSink } from '../src/index.ts';

const { signal } = new AbortController();
let url: string;
let other: pg.Client;
const opened: StoreSink[] = [];

beforeEach(async () => {
  url = await createTestDatabase();
  other = new pg.Client({ connectionString: url });
  await other.connect();
});
afterEach(async () => {
  for (const sink of opened.splice(0)) await sink.close();
  await other.end();
});

/** Tables of the old client, with rows of its own. */
const OLD = (prefix: string) => `${dbsync2Tables('postgres', prefix)};
  INSERT INTO ${prefix}contacts ("$id", "$md5", "$campaign_id", "$status", city, amount) VALUES ('OLD', 'm', 'S', 'ok', 'Köln', 3);
  INSERT INTO ${prefix}transactions (id, contact_id, fired, pause_time_sec) VALUES ('t', 'OLD', '2020-01-01T10:00:00.000Z', 7)`;

async function open(prefix: string): Promise<{ readonly sink: StoreSink; readonly claim: Claim }> {
  const sink = createSink(serverTarget(url, { 'table-prefix': prefix }));
  opened.push(sink);
  await sink.open({ signal });
  await sink.declareFields(
    [
      { name: 'city', type: 'text' },
      { name: 'amount', type: 'number' },
      { name: 'City', type: 'text' },
    ],
    { signal },
  );
  const process = { host: 'h', bootId: 'b', pid: 1, startedAt: 's' };
  const answer = await sink.claim('S', 'plan', { leaseMs: 60_000, process, signal });
  if (!answer.granted) throw new Error('The stream is held');
  return { sink, claim: answer.claim };
}

it('goes on with tables of the old client: wider columns, exact values, earlier rows kept', async () => {
  await other.query(OLD('old_'));
  const { sink, claim } = await open('old_');
  expect(await sink.readState('S', { signal })).toMatchObject({ progress: null, hasForeignRows: true });
  const transaction = sampleTransaction('NEW', 1, { user: 'u'.repeat(300), pause_time_sec: 1.25 });
  const contact = sampleContact('NEW', {
    values: {
      $status: 's'.repeat(80),
      $created_date: '2026-03-01T08:00:00.123Z',
      city: 'Düsseldorf',
      City: 'other',
      amount: 1.5,
    },
    transactions: [transaction],
  });
  await sink.write(
    { contacts: [contact, sampleContact('OLD', { transactions: [] })], inboundCalls: [], deadLetters: [], settled: [] },
    claim,
    { signal },
  );
  const { rows } = await other.query(
    `SELECT "$id", "$status", city, amount, "$created_date" AS created,
       "$changed"::timestamptz > now() - interval '1 hour' AS fresh FROM old_contacts ORDER BY 1`,
  );
  expect(rows).toEqual([
    {
      $id: 'NEW',
      $status: 's'.repeat(80),
      city: 'Düsseldorf',
      amount: '1.5',
      created: '2026-03-01T08:00:00.123Z',
      fresh: true,
    },
    { $id: 'OLD', $status: 'success', city: 'Łódź', amount: null, created: '2026-03-01T08:00:00.000Z', fresh: true },
  ]);
  const transactions = await other.query(
    `SELECT contact_id, length("user") AS width, pause_time_sec FROM old_transactions ORDER BY fired`,
  );
  expect(transactions.rows).toEqual([
    { contact_id: 'OLD', width: null, pause_time_sec: '7' },
    { contact_id: 'NEW', width: 300, pause_time_sec: '1.25' },
  ]);
});

it('R23 writes booleans and the time of a change into texts as the old client did, and leaves its own tables as they were', async () => {
  await other.query(OLD('old_'));
  for (const prefix of ['old_', 'mcall_']) {
    const { sink, claim } = await open(prefix);
    const contacts = [sampleContact('NEW', { values: { city: true } })];
    await sink.write({ contacts, inboundCalls: [], deadLetters: [], settled: [] }, claim, { signal });
  }
  const written = async (prefix: string) => {
    const query = `SELECT k."isThirdPartyConnection"::text AS third, c.city, c."$changed"::text AS changed
      FROM ${prefix}connections k JOIN ${prefix}contacts c ON c."$id" = k.contact_id ORDER BY k.id`;
    return (await other.query(query)).rows;
  };
  const changed = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(await written('old_')).toEqual([
    { third: '0', city: '1', changed },
    { third: '1', city: '1', changed },
  ]);
  expect(await written('mcall_')).toMatchObject([
    { third: 'false', city: 'true' },
    { third: 'true', city: 'true' },
  ]);
  const { rows } = await other.query(
    `SELECT abs(extract(epoch from now() - "$changed"::timestamptz)) < 60 AS now FROM old_contacts WHERE "$id" = 'NEW'`,
  );
  expect(rows).toEqual([{ now: true }]);
});

it('makes the very columns of the old client where they are asked for, and leaves them so', async () => {
  await other.query(dbsync2Tables('postgres', 'old_'));
  const [old, fields] = [await columnsOf('old_'), await oldFields()];
  await other.query('DROP TABLE old_contacts, old_transactions, old_connections, old_recordings, old_inbound_calls');
  for (let start = 0; start < 2; start += 1) {
    const sink = createSink(serverTarget(url, { 'table-prefix': 'old_', 'column-types': 'dbsync2' }));
    opened.push(sink);
    await sink.open({ signal });
    await sink.declareFields(fields, { signal });
  }
  expect(await columnsOf('old_')).toEqual(old);
});

/** Returns the custom fields of the old tables, in order. */
async function oldFields(): Promise<readonly Field[]> {
  const { rows } = await other.query(`SELECT column_name AS name, data_type AS type FROM information_schema.columns
    WHERE table_name = 'old_contacts' AND column_name NOT LIKE '$%' ORDER BY ordinal_position`);
  return rows.map(({ name, type }) => ({ name, type: type === 'numeric' ? 'number' : 'text' }));
}

/** Returns the columns without those that the old client did not have. */
async function columnsOf(prefix: string): Promise<readonly unknown[]> {
  const { rows } = await other.query(
    `SELECT substr(table_name, 5) AS t, column_name AS c, data_type AS type, character_maximum_length AS length,
       numeric_precision AS digits, collation_name AS collation, is_nullable
     FROM information_schema.columns WHERE table_name ~ $1 AND column_name NOT IN ('$sync', '$overflow', '$deleted_at')
     ORDER BY table_name, ordinal_position`,
    [`^${prefix}(contacts|transactions|connections|recordings|inbound_calls)$`],
  );
  return rows;
}

it('widens all columns of a table in one pass over its rows', async () => {
  await other.query(`${OLD('old_')};
    CREATE TABLE altered ("table" text);
    CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO altered SELECT object_identity FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table';
    END $$;
    CREATE EVENT TRIGGER note ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION note();`);
  await other.query('TRUNCATE altered');
  const before = await columnCount('old_transactions');
  await open('old_');
  const { rows } = await other.query(`SELECT count(*)::int FROM altered WHERE "table" LIKE '%old_transactions'`);
  const added = (await columnCount('old_transactions')) - before;
  expect(rows).toEqual([{ count: added + 1 }]);
});

async function columnCount(table: string): Promise<number> {
  const query = `SELECT count(*)::int FROM information_schema.columns WHERE table_name = $1`;
  return (await other.query(query, [table])).rows[0].count;
}

it('finds tables whose prefix was folded, and names the prefix that goes on with them', async () => {
  await other.query(OLD('mcall_'));
  await expect(open('Mcall_')).rejects.toMatchObject({
    code: 'SQL_OTHER_PREFIX',
    verdict: 'fatal',
    message: expect.stringContaining('--tp mcall_'),
  });
  await expect(open('mcall_')).resolves.toBeDefined();
});

it('takes tables of an empty prefix', async () => {
  await other.query(OLD(''));
  const { sink, claim } = await open('');
  await sink.write({ contacts: [sampleContact('NEW')], inboundCalls: [], deadLetters: [], settled: [] }, claim, {
    signal,
  });
  expect((await other.query('SELECT count(*)::int FROM contacts')).rows).toEqual([{ count: 2 }]);
});

it('keeps tables with capitals and blanks of their own apart', async () => {
  const { sink, claim } = await open('Camp-1_');
  await sink.write({ contacts: [sampleContact('NEW')], inboundCalls: [], deadLetters: [], settled: [] }, claim, {
    signal,
  });
  expect((await other.query('SELECT count(*)::int FROM "Camp-1_connections"')).rows).toEqual([{ count: 2 }]);
});
