import { expect, it } from 'vitest';
import { contactWith, type HeldOutbox, progressSince, statusesOf } from '../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../test/harness/sqlite-file.ts';

const file = outboxFileOfEachTest();

it('R36 a request of many megabytes, or under a key of another type, is settled by its key', async () => {
  const { store, write, claim } = await file.hold();
  const huge = `{"kind":"refetch","contactIds":["${'x'.repeat(5 << 20)}"]}`;
  file.exec(`INSERT INTO requests (stream_nr, request_key, body) VALUES
    (1, 'huge', '${huge}'), (1, 7, 'null'), (1, x'00ff', '{"kind":"erase"}'), (1, '${'k'.repeat(5_000)}', '7')`);
  await store.postRequest('C1', { key: 'good', kind: 'refetch', contactIds: ['A1'] }, never);
  const requests = await store.takeRequests(claim, never);
  expect(requests.map(({ kind }) => kind)).toEqual(['unreadable', 'unreadable', 'unreadable', 'unreadable', 'refetch']);
  await write({ settled: requests.map(({ key }) => key) });
  expect(await store.takeRequests(claim, never)).toEqual([]);
});

it('R36 many requests are read a part at a time, within the bytes that the caller has room for', async () => {
  const { store, claim } = await file.hold();
  const request = `{"kind":"refetch","contactIds":["${Array(3_000).fill('x'.repeat(990)).join('","')}"]}`;
  file.exec(`INSERT INTO requests (stream_nr, request_key, body)
    WITH RECURSIVE n(nr) AS (SELECT 1 UNION ALL SELECT nr + 1 FROM n WHERE nr < 50)
    SELECT 1, 'r' || nr, '${request}' FROM n`);
  const keys = async (part: { readonly limit?: number; readonly maxBytes?: number }) =>
    (await store.takeRequests(claim, { ...never, ...part })).map(({ key }) => key);
  expect(await keys({ limit: 40, maxBytes: 8 << 20 })).toEqual(['r1', 'r2']);
  expect(await keys({ limit: 40, maxBytes: 10 })).toEqual(['r1']);
  expect(await keys({ limit: 3 })).toEqual(['r1', 'r2', 'r3']);
});

it('R36 an act of many megabytes does nothing, and a pause behind a hundred of them comes first', async () => {
  const { queue, claim, control } = await file.hold();
  const act = `{"act":"drop","selection":{"ids":["${'x'.repeat(5 << 20)}"]}}`;
  file.exec(`INSERT INTO acts (stream_nr, act, asked_ms, asked_by)
    WITH RECURSIVE n(nr) AS (SELECT 1 UNION ALL SELECT nr + 1 FROM n WHERE nr < 20)
    SELECT 1, '${act}', 0, 'mallory' FROM n`);
  await control.ask('C1', { act: 'pause' }, { by: 'ada', ...never });
  expect(await queue.obey(claim, never)).toMatchObject({ pausing: { by: 'ada' } });
  expect(await queue.obey(claim, never)).toMatchObject({ finished: { act: null, askedBy: 'mallory' } });
});

it('R36 a message gets no number of a message whose body another program removed', async () => {
  const { write, drain } = await file.hold();
  await write({ contacts: [contactWith('A1', 'a')] });
  file.exec('DELETE FROM bodies');
  await write({ contacts: [contactWith('B1', 'b')] });
  expect(statusesOf(await drain())).toEqual(['B1:b']);
});

it('R36 an entry of the ledger that names the message of another transaction leaves that one as it is', async () => {
  const { write, drain } = await file.hold();
  await write({ contacts: [contactWith('A1', 'a'), contactWith('B1', 'b')] });
  file.exec('UPDATE ledger SET message_nr = 1');
  await write({ contacts: [contactWith('B1', 'b2')] });
  expect(statusesOf(await drain())).toEqual(expect.arrayContaining(['A1:a', 'B1:b2']));
});

it('R36 a queue of which another program changed the first message goes on with the next claim', async () => {
  const { write } = await file.hold();
  await write({ contacts: [contactWith('A1', 'a', 'b')] });
  file.exec('UPDATE messages SET is_head = 0');
  const { drain, queue } = await file.hold();
  expect(await queue.backlog(never)).toMatchObject({ messages: 2, contacts: 1 });
  expect(statusesOf(await drain())).toEqual(['A1:a', 'A1:b']);
});

it('R36 a forgotten contact stays out, although another program changed the salt of another one', async () => {
  const { store, claim, write, take } = await file.hold();
  await store.erasure?.forget(['A1', 'B1'], never);
  file.exec("UPDATE forgotten SET salt = x'00' WHERE contact_hash = (SELECT min(contact_hash) FROM forgotten)");
  await write({ contacts: [contactWith('A1', 'a'), contactWith('B1', 'b')] });
  expect(await take()).toEqual([]);
  const versions = await store.readVersions(claim, ['A1', 'B1'], never);
  expect([...versions.values()].filter(({ forgotten }) => forgotten)).toHaveLength(2);
});

/** Loses progress by this change, and follows the statement of the error that reading it then gives. */
async function loseProgress(change: string, openAgain: () => Promise<Pick<HeldOutbox, 'store'>>): Promise<void> {
  const { write, drain } = await file.hold();
  const since = '2026-03-01T00:00:00.000Z';
  await write({ contacts: [contactWith('A1', 'a')], progress: progressSince(since, since) });
  await drain();
  file.exec(change);
  const { store } = await openAgain();
  const error = await store.readState('C1', never).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'OUTBOX_STATE_UNREADABLE', verdict: 'fatal' });
  const [, statement = ''] = /write: (.*)$/.exec(String(error)) ?? [];
  file.exec(statement);
  expect((await store.readState('C1', never)).progress).toMatchObject({ since, eventsUntil: null, listedFrom: null });
  const next = await file.hold();
  await next.write({ contacts: [contactWith('A1', 'a')] });
  expect(await next.drain()).toEqual([]);
}

it('R36 lost progress is reported with a statement, after which nothing is skipped and nothing is sent twice', () =>
  loseProgress("UPDATE streams SET progress = 'null'", () => file.open()));

it('R36 the statement for lost progress names no start that the next start would refuse', () =>
  loseProgress("UPDATE streams SET progress = 'null', start = '2026-03-02T10:00'", () => file.open()));

it.each([
  ['UPDATE streams SET progress = NULL, start = NULL', 'whose cells are empty'],
  ['DELETE FROM streams', 'that is gone'],
])('R36 %s: a stream %s while its contacts are there is no new one', (change) =>
  loseProgress(change, () => file.hold()),
);

it('an attempt that a wrong clock noted in the future keeps no other longer than its time', async () => {
  const day = 86_400_000;
  const { write, drain, queue, claim } = await file.hold({ keepAttemptsMs: day, keepAcceptedMs: day });
  await write({ contacts: [contactWith('A1', 'a'), contactWith('B1', 'b')] });
  await drain();
  file.exec(`UPDATE attempts SET ended_ms = ended_ms + ${365 * day} WHERE nr = 1`);
  for (let hour = 0; hour < 30; hour++) {
    file.clock.nowMs += day / 24;
    await queue.obey(claim, never);
  }
  expect(file.query('SELECT nr FROM attempts')).toEqual([]);
  expect(file.query('SELECT message_nr FROM bodies')).toEqual([]);
});
