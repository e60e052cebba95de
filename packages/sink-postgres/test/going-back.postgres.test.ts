import { sampleContact } from '@dbsync/testkit';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { dbsync2Rows, dbsync2Tables } from '../../../test/harness/dbsync2-tables.ts';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf, textField } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };

it('leaves to the old client all that it had: its columns in their order, its keys, and room for its own rows', async () => {
  const url = await createTestDatabase();
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query(dbsync2Tables('postgres', ''));
  const before = await columnsOf(other);
  const sink = createSink(serverTarget(url, { 'table-prefix': '' }));
  onTestFinished(() => sink.close());
  await sink.open(options);
  await sink.declareFields(['city', 'notes', 'newer'].map(textField), options);
  const claim = await claimOf(sink);
  await sink.write(batchOf({ contacts: [sampleContact('NEW'), sampleContact('OTHER')] }), claim, options);

  const added = ['$sync', '$overflow', '$deleted_at', 'newer'];
  const after = (await columnsOf(other)).filter(({ name }) => !added.includes(String(name)));
  expect(after.map(({ place: _place, ...column }) => column)).toEqual(
    before.map(({ place: _place, ...column }) => {
      const grows = column.type === 'character varying(50)' && !KEPT.test(String(column.name));
      return grows ? { ...column, type: 'text' } : column;
    }),
  );
  const isOptional = `SELECT bool_and(is_nullable = 'YES') AS all FROM information_schema.columns WHERE column_name = ANY($1)`;
  expect((await other.query(isOptional, [added])).rows).toEqual([{ all: true }]);

  // The old client compares these columns, writes them, and continues from them.
  const { rows } = await other.query(
    'SELECT "$id", length("$md5") AS md5, length("$changed") AS changed FROM contacts',
  );
  expect(rows).toEqual(['NEW', 'OTHER'].map(($id) => ({ $id, md5: 32, changed: 20 })));
  await other.query(dbsync2Rows('postgres', ''));
  const write = `INSERT INTO contacts ("$id", "$md5", "$changed") VALUES ('NEW', 'other', '2026-11-24T12:32:11Z')
    ON CONFLICT ("$id") DO UPDATE SET "$md5" = excluded."$md5", "$changed" = excluded."$changed"`;
  await other.query(write);
  expect([...(await sink.readVersions(claim, ['NEW', 'OTHER'], options)).keys()]).toEqual(['OTHER']);
});

/** Columns that keep their length: ids, indexed columns, and the time of a change. */
const KEPT = /^\$?id$|^(contact|transaction|connection|parent_connection)_id$|^\$md5$|^\$changed$/;

async function columnsOf(client: pg.Client): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await client.query(`SELECT table_name AS "table", column_name AS name, is_nullable,
      data_type || coalesce('(' || character_maximum_length || ')', '') AS type, ordinal_position AS place
    FROM information_schema.columns
    WHERE table_name IN ('contacts', 'transactions', 'connections', 'recordings', 'inbound_calls') ORDER BY 1, place`);
  return rows;
}
