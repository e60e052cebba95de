import { sampleContact } from '@dbsync/testkit';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { createSink } from '../src/index.ts';

const { signal } = new AbortController();
const PROCESS = { host: 'h', bootId: 'b', pid: 1, startedAt: 's' };

it('stores a contact with more long values than a page of the database has room for', async () => {
  const url = await createTestDatabase();
  const sink = createSink(serverTarget(url, { 'max-custom-fields': 1_200 }));
  await sink.open({ signal });
  const fields = Array.from({ length: 1_200 }, (_, nr) => `field ${nr}`);
  await sink.declareFields(
    fields.map((name) => ({ name, type: 'text' })),
    { signal },
  );
  const answer = await sink.claim('S', 'plan', { leaseMs: 60_000, process: PROCESS, signal });
  if (!answer.granted) throw new Error('The stream is held');
  for (const length of [17, 3_000]) {
    const values = Object.fromEntries(fields.map((name, nr) => [name, `${nr}`.padEnd(length, 'x')]));
    const contacts = [sampleContact('A', { values, md5: `of ${length}` })];
    await sink.write({ contacts, inboundCalls: [], deadLetters: [], settled: [] }, answer.claim, { signal });
    expect(await storedFields(url)).toMatchObject(values);
  }
  await sink.close();
});

/** Reads the custom fields from their columns, and the others from the overflow. */
async function storedFields(url: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SELECT * FROM mcall_contacts');
  await client.end();
  const columns = Object.entries(rows[0]).filter(([name, value]) => name.startsWith('field ') && value !== null);
  const overflow = JSON.parse(rows[0].$overflow ?? '{}');
  expect(columns.length).toBeGreaterThan(300);
  return { ...Object.fromEntries(columns), ...overflow };
}
