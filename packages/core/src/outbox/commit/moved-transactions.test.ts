import { StatementSync } from 'node:sqlite';
import type { TransactionNode } from '@dbsync/core/contract';
import { md5Of, sampleContact, sampleTransaction } from '@dbsync/testkit';
import { expect, it, onTestFinished, vi } from 'vitest';
import { failureAt, statusesOf } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../../test/harness/sqlite-file.ts';

const file = outboxFileOfEachTest();

const FIRST = md5Of('the id of the first of an instant');
const SECOND = md5Of('the id of its twin');
const THIRD = md5Of('the id of a third');
const at = (id: string, status: string): TransactionNode => ({ ...sampleTransaction('A1', 1, { status }), id });
const contact = (transactions: readonly TransactionNode[], formerIds: readonly string[] = []) =>
  sampleContact('A1', { md5: md5Of(JSON.stringify(transactions)), transactions, formerIds });

it('R17 a transaction that a twin pushes to another id is not sent again, and the twin is new', async () => {
  const { write, drain } = await file.hold();
  await write({ contacts: [contact([at(FIRST, 'old')])] });
  await drain();
  const result = await write({ contacts: [contact([at(FIRST, 'twin'), at(SECOND, 'old')])] });
  expect(result).toMatchObject({ inserted: 1, updated: 0, unchanged: 1 });
  expect(await drain()).toMatchObject([{ transaction: { status: 'twin' }, state: 'new' }]);
});

it('R17 one that falls back to the id of a twin that vanished is not sent again either', async () => {
  const { write, drain } = await file.hold();
  await write({ contacts: [contact([at(FIRST, 'gone'), at(SECOND, 'stays')])] });
  await drain();
  expect(await write({ contacts: [contact([at(FIRST, 'stays')], [SECOND])] })).toMatchObject({ unchanged: 1 });
  expect(await drain()).toEqual([]);
  const back = await write({ contacts: [contact([at(FIRST, 'gone'), at(SECOND, 'stays')])] });
  expect(back).toMatchObject({ inserted: 0, updated: 0, unchanged: 2 });
});

it('R17 three that go round take their entries, their messages and their dead letters along', async () => {
  const { write, take, settle, drain, store } = await file.hold();
  await write({ contacts: [contact([at(FIRST, 'a'), at(SECOND, 'b'), at(THIRD, 'c')])] });
  const [a] = await take();
  await settle({ id: a?.id ?? '', outcome: 'dead', code: 'TEST_DEAD', failure: failureAt(0) });
  const round = await write({ contacts: [contact([at(FIRST, 'b'), at(SECOND, 'c'), at(THIRD, 'a')])] });
  expect(round).toMatchObject({ inserted: 0, updated: 0, unchanged: 3 });
  await write({ contacts: [contact([at(FIRST, 'b'), at(SECOND, 'c2'), at(THIRD, 'a2')])] });
  const [letter] = await store.listDeadLetters('C1', { limit: 1, ...never });
  expect(letter?.code).toBe('OUTBOX_SUPERSEDED');
  const sent = await drain();
  expect(statusesOf(sent)).toEqual(['A1:b', 'A1:c2', 'A1:a2']);
  expect(sent.map(({ state }) => state)).toEqual(['new', 'new', 'new']);
});

it('R17 twins that are alike stay two', async () => {
  const { write, drain } = await file.hold();
  await write({ contacts: [contact([at(FIRST, 'same')])] });
  await drain();
  expect(await write({ contacts: [contact([at(FIRST, 'same'), at(SECOND, 'same')])] })).toMatchObject({ inserted: 1 });
});

it('R17 many twins that move take their messages along in one pass over the queue of their contact', async () => {
  const { write, drain } = await file.hold();
  const nameOf = (nr: number) => md5Of(`twin ${nr}`);
  const sameInstant = (names: readonly string[]) => contact(names.map((name, nr) => at(nameOf(nr), name)));
  const names = Array.from({ length: 60 }, (_, nr) => `s${nr}`);
  await write({ contacts: [sameInstant(names)] });
  const run = vi.spyOn(StatementSync.prototype, 'run');
  onTestFinished(() => run.mockRestore());
  expect(await write({ contacts: [sameInstant(['new', ...names])] })).toMatchObject({ inserted: 1, unchanged: 60 });
  const texts = run.mock.contexts.map((statement) => (statement as StatementSync).sourceSQL);
  const scans = texts.filter((text) => /UPDATE messages/.test(text) && !/WHERE nr = \?$/.test(text));
  expect(scans).toHaveLength(0);
  const sent = await drain();
  expect(statusesOf(sent)).toEqual([...names, 'new'].map((name) => `A1:${name}`));
  await write({ contacts: [sameInstant(['new', ...names.map((name) => `${name} again`)])] });
  expect((await drain()).map(({ state }) => state)).toEqual(names.map(() => 'updated'));
});
