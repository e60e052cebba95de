import type { Claim, StoreSink } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };

describe.each(MYSQL_PRODUCTS)('R34 a trigger of another program that fails in %s', (product) => {
  let url: string;
  let other: Connection;
  let sink: StoreSink;
  let claim: Claim;
  beforeEach(async () => {
    url = await createTestDatabase(product);
    other = await createConnection(url);
    sink = createSink(serverTarget(url));
    await sink.open(options);
    await sink.declareFields([], options);
    claim = await claimOf(sink);
  });
  afterEach(async () => {
    await sink.close();
    await other.end();
    await dropTestDatabase(url);
  });

  const write = () => sink.write(batchOf({ contacts: [sampleContact('A')] }), claim, options);

  it.each([
    ['a table is missing', 'INSERT INTO audit VALUES (1)', /audit.*doesn't exist \(error 1146\)/],
    ['a column is missing', 'INSERT INTO mcall_dead_letters (nowhere) VALUES (1)', /nowhere.*\(error 1054\)/],
  ])('since %s is named, and no advice is about the tables of dbsync', async (_, body, words) => {
    await other.query(`CREATE TRIGGER theirs AFTER INSERT ON mcall_contacts FOR EACH ROW ${body}`);
    const error = await write().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SQL_TRIGGER_FAILED', verdict: 'fatal', outcome: 'not-committed' });
    expect(error).toMatchObject({ message: expect.stringMatching(words) });
    expect(error).toMatchObject({ message: expect.stringContaining('theirs on mcall_contacts') });
    await other.query('DROP TRIGGER theirs');
    expect(await write()).toMatchObject({ inserted: expect.any(Number) });
  });

  it('since it writes to its own table is named with the refused row', async () => {
    await other.query(
      "CREATE TRIGGER theirs BEFORE INSERT ON mcall_contacts FOR EACH ROW UPDATE mcall_contacts SET `$comment` = 'x'",
    );
    const message = expect.stringMatching(/\(error 1442\).*theirs on mcall_contacts/);
    await expect(write()).rejects.toMatchObject({ code: 'MYSQL_ROW_REFUSED', message });
  });

  it('is not blamed for a table of dbsync that was dropped', async () => {
    await other.query('CREATE TRIGGER theirs AFTER INSERT ON mcall_contacts FOR EACH ROW SET @a = 1');
    await write();
    await other.query('ALTER TABLE mcall_recordings RENAME TO theirs');
    const error = await sink
      .write(batchOf({ contacts: [sampleContact('B')] }), claim, options)
      .catch((thrown: unknown) => thrown);
    expect(error).not.toMatchObject({ code: 'SQL_TRIGGER_FAILED' });
  });
});
