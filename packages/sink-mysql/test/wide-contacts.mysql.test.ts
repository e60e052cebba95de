import type { SinkNotice } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { createTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf, textField } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
const FIELDS = Array.from({ length: 1_200 }, (_, nr) => `field ${nr}`);

it.each(MYSQL_PRODUCTS)('stores a contact with more values than a row has room for: %s', async (product) => {
  const url = await createTestDatabase(product);
  const notices: SinkNotice[] = [];
  const target = serverTarget(url, { 'max-custom-fields': 1_200 });
  const sink = createSink({ ...target, notify: (notice) => notices.push(notice) });
  await sink.open(options);
  await sink.declareFields(FIELDS.map(textField), options);
  const claim = await claimOf(sink);
  const id = '😀'.repeat(127);
  for (const length of [40, 41, 3_000]) {
    const values = Object.fromEntries(FIELDS.map((name, nr) => [name, `${nr}`.padEnd(length, 'x')]));
    await sink.write(batchOf({ contacts: [sampleContact(id, { values, md5: `of ${length}` })] }), claim, options);
    const { columns, overflow } = await storedFields(url);
    expect({ ...columns, ...overflow }).toMatchObject(values);
    expect(Object.keys(columns).length).toBeGreaterThan(140);
  }
  expect(notices.filter(({ code }) => code !== 'MYSQL_LOGIN_REMEMBERED')).toEqual([]);
  await sink.close();
});

/** Reads the custom fields from their columns, and the others from the overflow. */
async function storedFields(url: string) {
  const client = await createConnection(url);
  const [rows] = await client.query<RowDataPacket[]>('SELECT * FROM mcall_contacts');
  await client.end();
  const row = rows[0] as RowDataPacket;
  const columns = Object.entries(row).filter(([name, value]) => name.startsWith('field ') && value !== null);
  return { columns: Object.fromEntries(columns), overflow: JSON.parse(row.$overflow ?? '{}') };
}
