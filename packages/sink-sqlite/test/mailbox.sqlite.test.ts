import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { claimOf, createSqliteFile, never } from '../../../test/harness/sqlite-file.ts';

/** A thread that commits again and again, like a busy daemon, and pauses between commits. */
const WRITER = `
const { parentPort, workerData } = require('node:worker_threads');
const { DatabaseSync } = require('node:sqlite');
const database = new DatabaseSync(workerData, { timeout: 5000 });
database.exec('CREATE TABLE busy (n)');
const turn = () => {
  database.exec('BEGIN IMMEDIATE; INSERT INTO busy VALUES (1); COMMIT');
  setTimeout(turn, 2);
};
turn();
parentPort.postMessage('begun');`;

it('the mailbox takes letters while another process writes to the file', async () => {
  await using file = createSqliteFile();
  const sink = await file.openSink();
  const writer = new Worker(WRITER, { eval: true, workerData: file.file });
  try {
    await once(writer, 'message');
    for (let number = 0; number < 300; number += 1) {
      await sink.postRequest('C1', { key: `${number % 7}`, kind: 'refetch', contactIds: [`${number}`] }, never);
    }
  } finally {
    await writer.terminate();
  }
  const taken = await sink.takeRequests(await claimOf(sink), never);
  expect(taken.map(({ key }) => key)).toEqual(['6', '0', '1', '2', '3', '4', '5']);
});

it('a forget takes its contact out of a request of any length', async () => {
  await using file = createSqliteFile();
  const sink = await file.openSink();
  const others = Array.from({ length: 1_000 }, (_, nr) => `${nr}`.padEnd(200, 'x'));
  await sink.postRequest('C1', { key: 'long', kind: 'refetch', contactIds: [...others, 'A1'] }, never);
  await sink.postRequest('C1', { key: 'its', kind: 'refetch', contactIds: ['A1'] }, never);
  file.exec(`INSERT INTO mcall_sync_requests (stream, request_key, posted_at, body)
    VALUES ('C1', 'huge', 1, '${'x'.repeat(9 << 20)}')`);
  await sink.erasure?.forget(['A1'], { ...never, command: { stream: 'C1' } });
  expect(await sink.takeRequests(await claimOf(sink), never)).toEqual([
    { key: 'huge', kind: 'unreadable' },
    { key: 'long', kind: 'refetch', contactIds: others },
  ]);
});
