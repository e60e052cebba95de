import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { createOutbox } from '@dbsync/core';
import type { SinkTarget, StoreRequest, StoreSink } from '@dbsync/core/contract';
import { createSink as createMysqlSink } from '@dbsync/sink-mysql';
import { createSink as createPostgresSink } from '@dbsync/sink-postgres';
import { createSink as createSqliteSink } from '@dbsync/sink-sqlite';
import { sampleDeadLetter } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { queryRows } from '../harness/compare/query-rows.ts';
import { createOutboxFile } from '../harness/outbox-file.ts';
import { mustRun } from '../harness/run-program.ts';
import { serverTarget } from '../harness/servers/server-target.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { batchOf, claimOf, createSqliteFile, never } from '../harness/sqlite-file.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { ENGINES, type EngineName } from '../harness/targets.ts';

const BIN = join(import.meta.dirname, '../../packages/cli/bin/dbsync.js');
const ADA = { user: 'ada', host: 'desk-7' };
const REPLAY: StoreRequest = { key: 'r1', kind: 'replay', deadLetterKey: 'k1' };
const REFETCH: StoreRequest = { key: 'r2', kind: 'refetch', contactIds: ['A', 'B'] };
const COLUMNS = 'stream, os_user, host, act, subject, database_user, acted_at';

const SINKS: Readonly<Partial<Record<EngineName, (target: SinkTarget) => StoreSink>>> = {
  sqlite: (target) => storeOf(createSqliteSink(target)),
  postgres: createPostgresSink,
  mariadb: createMysqlSink,
  mysql: createMysqlSink,
};

/** Returns the store. The sinks of databases are stores. */
function storeOf(sink: ReturnType<typeof createSqliteSink>): StoreSink {
  if (sink.kind !== 'store') throw new TypeError('No store');
  return sink;
}

function targetOf(url: string): SinkTarget {
  if (!url.startsWith('sqlite:')) return serverTarget(url);
  const address = { scheme: 'sqlite', user: null, password: null, host: '', port: null, path: url.slice(7) };
  return { address, options: {}, notify: () => {} };
}

for (const engine of ENGINES) {
  const createSink = SINKS[engine];
  if (createSink === undefined) continue;
  it(`${engine}: an act of an operator is a row of the audit, also in a copy from before the audit`, async () => {
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const post = async (request: StoreRequest, by?: typeof ADA) => {
      const sink = createSink(targetOf(target.url));
      try {
        await sink.open(never);
        await sink.postRequest('C1', request, { ...never, ...(by && { by }) });
      } finally {
        await sink.close();
      }
    };
    await post(REPLAY, ADA);
    await post(REPLAY);
    const [first, second] = await queryRows(target.url, `SELECT ${COLUMNS} FROM mcall_sync_audit`);
    expect(second).toBeUndefined();
    expect(first?.slice(0, 5)).toEqual(['C1', 'ada', 'desk-7', 'replay', '{"deadLetterKey":"k1"}']);
    expect(first?.[5]).toEqual(engine === 'sqlite' ? '' : expect.stringMatching(/^(postgres|root@%)$/));
    const actedMs = Date.parse(`${first?.[6]?.replace(' ', 'T').replace(/(Z|\+00)?$/, 'Z')}`);
    expect(Math.abs(Date.now() - actedMs)).toBeLessThan(3_600_000);
    await databaseAt(target.url).run('DROP TABLE mcall_sync_audit');
    await post(REFETCH, ADA);
    const after = await queryRows(target.url, 'SELECT act, subject FROM mcall_sync_audit');
    expect(after).toEqual([['refetch', '{"contacts":2}']]);
  });
}

it('the command tells the database who gave it', async () => {
  await using file = createSqliteFile();
  const sink = await file.openSink();
  await sink.write(batchOf({ deadLetters: [sampleDeadLetter('K')] }), await claimOf(sink), never);
  await mustRun(
    process.execPath,
    [BIN, 'dead-letters', 'drop', '--all', '--campaign', 'C1', '--url', `sqlite:${file.file}`],
    { cwd: join(file.file, '..') },
  );
  const [row] = file.query('SELECT act, os_user, host FROM mcall_sync_audit');
  expect(row).toMatchObject({ act: 'drop', host: hostname() });
  expect(row?.os_user).toContain(process.env.SUDO_USER ?? userInfo().username);
});

it('an outbox keeps the acts on its dead letters and on its deliveries', async () => {
  await using file = createOutboxFile();
  const outbox = createOutbox({ file: file.file, campaign: 'C1' });
  await outbox.store.open(never);
  await outbox.store.postRequest('C1', REPLAY, { ...never, by: ADA });
  await outbox.control.ask('C1', { act: 'pause' }, { ...never, by: 'ada (sudo)@desk-7' });
  await outbox.store.close();
  expect(file.query('SELECT os_user, host, act, subject FROM sync_audit')).toMatchObject([
    { os_user: 'ada', host: 'desk-7', act: 'replay', subject: '{"deadLetterKey":"k1"}' },
    { os_user: 'ada (sudo)', host: 'desk-7', act: 'pause', subject: '{}' },
  ]);
});

it('R37 forget past the mailbox is noted without ids, and withdraws what waits there', async () => {
  await using file = createSqliteFile();
  const sink = await file.openSink();
  await sink.postRequest('C1', { key: 'old', kind: 'remember', contactIds: ['A-1', 'B-2'] }, never);
  const forget = (...words: readonly string[]) =>
    mustRun(process.execPath, [BIN, 'forget', ...words, '--campaign', 'C1', '--url', `sqlite:${file.file}`], {
      cwd: join(file.file, '..'),
    });
  await forget('A-1');
  expect(file.query('SELECT stream, act, host, subject FROM mcall_sync_audit')).toEqual([
    { stream: 'C1', act: 'forget', host: hostname(), subject: '{"contacts":1}' },
  ]);
  const waiting = () => file.query('SELECT body FROM mcall_sync_requests').map(({ body }) => JSON.parse(String(body)));
  expect(waiting()).toMatchObject([{ kind: 'remember', contactIds: ['B-2'] }]);
  await forget('A-1', '--undo');
  expect(
    file
      .query('SELECT act FROM mcall_sync_audit')
      .map(({ act }) => act)
      .sort(),
  ).toEqual(['forget', 'remember']);
  expect(waiting()).toMatchObject([
    { kind: 'remember', contactIds: ['B-2'] },
    { kind: 'refetch', contactIds: ['A-1'] },
  ]);
});

it('R37 forget says that the audit is missing, and a request that the command carries out itself is noted once', async () => {
  await using file = createSqliteFile();
  const sink = await file.openSink();
  const forget = (id: string) =>
    mustRun(process.execPath, [BIN, 'forget', id, '--campaign', 'C1', '--url', `sqlite:${file.file}`], {
      cwd: join(file.file, '..'),
    });
  // The command finds a holder, posts its request, and finds none at its next looks.
  await claimOf(sink, { leaseMs: 4_000 });
  await forget('A-1');
  expect(file.query('SELECT act, subject FROM mcall_sync_audit')).toEqual([
    { act: 'forget', subject: '{"contacts":1}' },
  ]);
  expect(file.query('SELECT body FROM mcall_sync_requests')).toEqual([]);
  file.exec('DROP TABLE mcall_sync_audit');
  expect(await forget('B-2')).toContain('SQL_AUDIT_MISSING');
});

it('R37 an outbox notes who forgot how many, and takes the id out of the acts from before', async () => {
  await using file = createOutboxFile();
  const outbox = createOutbox({ file: file.file, campaign: 'C1' });
  await outbox.store.open(never);
  const selection = { contactId: 'A-1' };
  await outbox.control.ask('C1', { act: 'drop', selection }, { ...never, by: 'ada@desk-7' });
  await outbox.store.postRequest('C1', { key: 'old', kind: 'remember', contactIds: ['A-1'] }, never);
  await outbox.store.erasure?.forget(['A-1'], { ...never, command: { stream: 'C1', by: ADA } });
  await outbox.store.erasure?.remember(['A-1'], { ...never, command: { stream: 'C1', by: ADA } });
  await outbox.store.close();
  expect(file.query('SELECT act, subject FROM sync_audit')).toEqual([
    { act: 'drop', subject: '{"selection":{"contacts":1}}' },
    { act: 'forget', subject: '{"contacts":1}' },
    { act: 'remember', subject: '{"contacts":1}' },
  ]);
  expect(file.query('SELECT body FROM requests')).toEqual([]);
});
