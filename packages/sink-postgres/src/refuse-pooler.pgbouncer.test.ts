import { sampleContact } from '@dbsync/testkit';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type PgbouncerOptions, startPgbouncer } from '../../../test/harness/servers/pgbouncer.ts';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf } from '../../../test/harness/sqlite-file.ts';
import { createSink } from './index.js';

const options = { signal: new AbortController().signal };
const REFUSED = { code: 'POSTGRES_POOLER_UNFIT', verdict: 'fatal', connectionLost: false };

async function pooled(options: PgbouncerOptions): Promise<string> {
  const pooler = await startPgbouncer(await createTestDatabase(), options);
  onTestFinished(() => pooler[Symbol.asyncDispose]());
  return pooler.url;
}

function sinkAt(url: string) {
  const sink = createSink(serverTarget(url));
  onTestFinished(() => sink.close());
  return sink;
}

/** Starts another client that keeps the pooler busy with short queries until the test ends. */
async function busyClient(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let isOver = false;
  const querying = (async () => {
    while (!isOver) await client.query('SELECT pg_sleep(0.001)');
  })();
  onTestFinished(async () => {
    isOver = true;
    await querying;
    await client.end();
  });
}

describe('a pooler before PostgreSQL', () => {
  it.each<readonly [PgbouncerOptions['mode'], number]>([
    ['transaction', 1],
    ['transaction', 5],
    ['statement', 5],
  ])('in %s mode with %i connections behind it is refused by its own code while connecting', async (mode, poolSize) => {
    await expect(sinkAt(await pooled({ mode, poolSize })).open(options)).rejects.toMatchObject(REFUSED);
  });

  it('in transaction mode is refused though other clients are busy', async () => {
    const url = await pooled({ mode: 'transaction', poolSize: 5 });
    await Promise.all([busyClient(url), busyClient(url), busyClient(url)]);
    await expect(sinkAt(url).open(options)).rejects.toMatchObject(REFUSED);
  });

  it('in transaction mode is refused before a setting is made that other programs would meet', async () => {
    const url = await pooled({ mode: 'transaction', poolSize: 1 });
    await expect(sinkAt(url).open(options)).rejects.toMatchObject(REFUSED);
    const program = new pg.Client({ connectionString: url });
    await program.connect();
    onTestFinished(() => program.end());
    const text = "SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS timeout";
    expect((await program.query(text)).rows).toEqual([{ path: '"$user", public', timeout: '0' }]);
  });

  it('in session mode is taken', async () => {
    const sink = sinkAt(await pooled({ mode: 'session', poolSize: 10 }));
    await sink.open(options);
    await sink.declareFields([], options);
    const claim = await claimOf(sink);
    expect(await sink.write(batchOf({ contacts: [sampleContact('A')] }), claim, options)).toMatchObject({
      inserted: expect.any(Number),
    });
    await sink.close();
  });
});
