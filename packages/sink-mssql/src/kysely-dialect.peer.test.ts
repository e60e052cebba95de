import { rows } from '@dbsync/tds-peer/replies';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { peerTarget, startMssqlPeer } from '../../../test/harness/mssql-peer.ts';
import { readAddress } from './mssql-address.js';
import { createMssqlEngine } from './mssql-engine.js';

const options = { signal: new AbortController().signal };

it.each([
  [100, '@100'],
  [101, "N'it''s 101'"],
])('sends a query with %i parameters so that it ends in %s', async (count, last) => {
  await using peer = await startMssqlPeer();
  peer.answer(/FROM x/, rows({ id: 'nvarchar(100)' }, ['a']));
  const session = await createMssqlEngine(readAddress(peerTarget(peer))).connect(options);
  const ids = Array.from({ length: count }, (_, index) => `it's ${index + 1}`);
  const answer = await sql`SELECT id FROM x WHERE id IN (${sql.join(ids)})`.execute(session.db, options);
  expect(answer.rows).toEqual([{ id: 'a' }]);
  expect((await peer.received(/FROM x/)).text).toContain(`, ${last})`);
  await session.close();
});
