import type { SinkNotice } from '@dbsync/core/contract';
import { sampleConnection, sampleContact, sampleRecording, sampleTransaction } from '@dbsync/core/testkit';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/harness/postgres-database.ts';
import { serverTarget } from '../../../test/harness/server-target.ts';
import { batchOf, claimOf } from '../../../test/harness/sqlite-file.ts';
import { createSink } from './index.js';

const options = { signal: new AbortController().signal };

it('R19 keeps what a newer body lacks, at every depth, and tells of it once a write', async () => {
  const url = await createTestDatabase();
  const notices: SinkNotice[] = [];
  const sink = createSink({ ...serverTarget(url), notify: (notice) => notices.push(notice) });
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  try {
    await sink.open(options);
    await sink.declareFields([], options);
    const claim = await claimOf(sink);
    const [early, late] = [sampleRecording('c1', 'early'), sampleRecording('c1', 'late')];
    const connection = (...recordings: (typeof early)[]) => sampleConnection('c1', { recordings });
    const write = async (md5: string, ...connections: ReturnType<typeof connection>[]) => {
      const transactions = [sampleTransaction('A1', 1, {}, connections)];
      await sink.write(batchOf({ contacts: [sampleContact('A1', { md5, transactions })] }), claim, options);
    };
    await write('1', connection(early, late), sampleConnection('c2', { recordings: [] }));
    await write('2', connection(early, late), sampleConnection('c2', { recordings: [] }));
    expect(notices).toEqual([]);
    await write('3', connection(late));
    await write('4', connection(late));
    expect(notices).toEqual([
      {
        level: 'info',
        code: 'SQL_CHILDREN_VANISHED',
        message: expect.stringMatching(/^2 records of contacts A1 are /),
      },
    ]);
    const { rows } = await other.query(`SELECT (SELECT count(*)::int FROM mcall_connections) AS connections,
      (SELECT count(*)::int FROM mcall_recordings) AS recordings`);
    expect(rows).toEqual([{ connections: 2, recordings: 2 }]);
  } finally {
    await sink.close();
    await other.end();
  }
});
