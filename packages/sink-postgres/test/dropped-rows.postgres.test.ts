import type { Claim, StoreSink } from '@dbsync/core/contract';
import { sampleConnection, sampleContact, sampleTransaction } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { postgresOfEachTest } from '../../../test/harness/servers/postgres-of-each-test.ts';
import { batchOf, claimOf } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
const database = postgresOfEachTest(createSink);

const openSink = () => database.open([]);

async function write(sink: StoreSink, claim: Claim, ...contacts: ReturnType<typeof sampleContact>[]) {
  return sink.write(batchOf({ contacts }), claim, options);
}

const reported = () => database.notices.filter(({ code }) => code === 'SQL_ROWS_DROPPED').map(({ message }) => message);

it('R16b counts and tells of rows that a trigger drops, and keeps all others', async () => {
  await openSink();
  await database.other.query(`CREATE FUNCTION keep_out() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF new.id LIKE 'A1-c1%' THEN RETURN NULL; END IF; RETURN new; END $$;
    CREATE TRIGGER keep_out BEFORE INSERT ON mcall_connections FOR EACH ROW EXECUTE FUNCTION keep_out();
    ALTER TABLE mcall_recordings DROP CONSTRAINT mcall_recordings_connection_id_fkey`);
  const sink = await openSink();
  const contact = sampleContact('A1');
  await write(sink, await claimOf(sink), contact, sampleContact('B2'));
  expect(reported()).toEqual([expect.stringMatching(/mcall_connections .*: 1\. .*keep_out/)]);
  expect(await database.query('SELECT id FROM mcall_connections ORDER BY 1')).toEqual(
    ['A1-c2', 'B2-c1', 'B2-c2'].map((id) => ({ id })),
  );
});

it('R16b tells of a contact that a trigger keeps as it was', async () => {
  const first = await openSink();
  const claim = await claimOf(first);
  await write(first, claim, sampleContact('A1'));
  await database.other.query(`CREATE FUNCTION keep_out() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
    CREATE TRIGGER keep_out BEFORE INSERT ON mcall_contacts FOR EACH ROW EXECUTE FUNCTION keep_out()`);
  const sink = await openSink();
  await write(sink, await claimOf(sink, { takeOverFrom: claim.holder }), sampleContact('A1', { md5: 'newer' }));
  expect(reported()).toEqual([expect.stringMatching(/mcall_contacts .*: 1\. .*keep_out/)]);
});

/** A contact with one transaction of this status, and one connection below it. */
const contactOf = (id: string, status: string) =>
  sampleContact(id, {
    md5: status,
    transactions: [sampleTransaction(id, 1, { status }, [sampleConnection(`${id}-c1`)])],
  });

const BEFORE_UPDATE: Readonly<Record<string, string>> = {
  'that leaves an update out': "IF new.contact_id = 'A1' THEN RETURN NULL; END IF; RETURN new;",
  'that puts the old row back': "IF new.contact_id = 'A1' THEN RETURN old; END IF; RETURN new;",
};

it.each(Object.entries(BEFORE_UPDATE))('R16b tells of a row below a contact, for a trigger %s', async (_what, body) => {
  const sink = await openSink();
  const claim = await claimOf(sink);
  await write(sink, claim, contactOf('A1', 'first'), contactOf('B2', 'first'));
  await database.other.query(`UPDATE mcall_transactions SET "$changed" = '2020-01-01'`);
  await database.other.query(`CREATE FUNCTION keep_out() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
    CREATE TRIGGER keep_out BEFORE UPDATE ON mcall_transactions FOR EACH ROW EXECUTE FUNCTION keep_out()`);
  await sink.declareFields([], options);
  await write(sink, claim, contactOf('A1', 'second'), contactOf('B2', 'second'));
  expect(reported()).toEqual([expect.stringMatching(/mcall_transactions .*: 1\. .*keep_out/)]);
  expect(await database.query('SELECT status FROM mcall_transactions ORDER BY contact_id')).toEqual([
    { status: 'first' },
    { status: 'second' },
  ]);
});

it('R16b tells of a row below a contact that a trigger before an insert keeps as it was', async () => {
  const sink = await openSink();
  const claim = await claimOf(sink);
  await write(sink, claim, contactOf('A1', 'first'));
  await database.other.query(`CREATE FUNCTION keep_out() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
    CREATE TRIGGER keep_out BEFORE INSERT ON mcall_transactions FOR EACH ROW EXECUTE FUNCTION keep_out()`);
  await sink.declareFields([], options);
  await write(sink, claim, contactOf('A1', 'second'));
  expect(reported()).toEqual([expect.stringMatching(/mcall_transactions .*: 1\. .*keep_out/)]);
  await write(sink, claim, sampleContact('A1', { md5: 'third', transactions: [] }));
  expect(reported()).toHaveLength(1);
});

it('R16b says nothing of rows that a trigger changes, however often they are written', async () => {
  const sink = await openSink();
  const claim = await claimOf(sink);
  await database.other.query(`CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      new.status = upper(new.status); RETURN new; END $$;
    CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON mcall_transactions FOR EACH ROW EXECUTE FUNCTION shout()`);
  await sink.declareFields([], options);
  for (const status of ['first', 'second', 'second', 'third']) await write(sink, claim, contactOf('A1', status));
  expect(await database.query('SELECT status FROM mcall_transactions')).toEqual([{ status: 'THIRD' }]);
  expect(reported()).toEqual([]);
});
