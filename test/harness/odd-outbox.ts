import { DatabaseSync } from 'node:sqlite';
import { type Claim, isSinkError, type SinkNotice, type StoreSink } from '@dbsync/core/contract';
import { sampleDeadLetter } from '@dbsync/testkit';
import { expect } from 'vitest';
import { createOutbox, type Outbox } from '../../packages/core/src/outbox/outbox.ts';
import { contactWith, failureAt, progressSince } from './outbox-file.ts';
import { batchOf, claimOf, never } from './sqlite-file.ts';

const NOW = Date.UTC(2026, 2, 3);
const BY = { user: 'ada', host: 'desk' };

/** A row at least in each of the tables, as a daemon leaves them that was killed. */
export async function prepareOutbox(file: string): Promise<void> {
  const { store, queue, control } = outboxAt(file, []);
  await store.open(never);
  const claim = await claimOf(store, { plan: 'plan' });
  const progress = progressSince('2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z');
  const first = [contactWith('A1', 'a', 'b'), contactWith('B1', 'c'), contactWith('D1', 'd')];
  await store.write(batchOf({ contacts: first, progress, deadLetters: [sampleDeadLetter('K')] }), claim, never);
  const [failed, accepted, dead] = await queue.take(claim, { limit: 3, nowMs: NOW, ...never });
  const attempt = { endedMs: NOW, tookMs: 3, status: 200, answer: 'yes' };
  const outcomes = [
    { id: failed?.id ?? '', outcome: 'failed', dueMs: NOW, failure: failureAt(NOW), attempt } as const,
    { id: accepted?.id ?? '', outcome: 'accepted', attempt } as const,
    { id: dead?.id ?? '', outcome: 'dead', code: 'DELIVERY_GONE', failure: failureAt(NOW), attempt } as const,
  ];
  const target = { state: 'up', sinceMs: NOW, nextTryMs: NOW } as const;
  await queue.settle(claim, outcomes, { target, ...never });
  await store.write(batchOf({ contacts: [contactWith('E1', 'e'), contactWith('F1', 'f')] }), claim, never);
  // The last message is accepted, so that the last body is a kept one.
  await store.write(batchOf({ contacts: [contactWith('H1', 'h')] }), claim, never);
  const others = { limit: 1, nowMs: NOW, except: new Set(['A1', 'E1', 'F1']) };
  const [last] = await queue.take(claim, { ...others, ...never });
  expect(last?.contactId).toBe('H1');
  await queue.settle(claim, [{ id: last?.id ?? '', outcome: 'accepted', attempt }], never);
  await store.postRequest('C1', { key: 'r', kind: 'drop', deadLetterKey: 'K' }, { by: BY, ...never });
  await store.erasure?.forget(['gone', 'gone too', 'gone as well'], never);
  await control.ask('C1', { act: 'pause' }, { by: 'ada@desk', ...never });
  await queue.obey(claim, never);
  for (const act of ['resume', 'pause', 'resume'] as const) {
    await control.ask('C1', { act }, { by: 'ada@desk', ...never });
  }
  await store.close();
  runSql(file, "INSERT INTO deliveries VALUES (1, 1, x'01', 'A1', 't', 'new', 1, 1, 1)");
}

/** Errors of a target or a campaign that is another one, which say what to do. */
const REPORTED = ['OUTBOX_TARGET_CHANGED', 'OUTBOX_OF_OTHER_CAMPAIGN'];

/** Does all that a daemon and an operator do; again where the message names a statement. */
export async function useAndRepair(file: string, change: OddChange): Promise<void> {
  try {
    await useAll(file, change);
  } catch (error) {
    if (!isSinkError(error)) throw error;
    if (REPORTED.includes(error.code)) return;
    const [, statement] = /write: (.*)$/.exec(error.message) ?? [];
    if (error.code !== 'OUTBOX_STATE_UNREADABLE' || statement === undefined) throw error;
    runSql(file, statement);
    await useAll(file, { ...change, afterClaim: () => {} });
  }
}

/** A change by another program. */
export interface OddChange {
  /** The column that has the odd value. */
  readonly column: string;
  /** Makes the change once the stream is claimed. */
  readonly afterClaim: () => void;
}

async function useAll(file: string, { column, afterClaim }: OddChange): Promise<void> {
  const outbox = outboxAt(file, []);
  const { store } = outbox;
  await store.open(never);
  try {
    const claim = await takenOver(store);
    afterClaim();
    await useClaimed(outbox, claim, column).catch(async (error: unknown) => {
      if (!isSinkError(error) || error.verdict !== 'fenced') throw error;
      await useClaimed(outbox, await takenOver(store), column);
    });
  } finally {
    await store.close();
  }
}

async function takenOver(store: StoreSink): Promise<Claim> {
  const { heldBy } = await store.readState('C1', never);
  return claimOf(store, { plan: 'plan', ...(heldBy && { takeOverFrom: heldBy.holder }) });
}

/** Uses what is held. The acts come first, so that a replay meets a change of the claim's time. */
async function useClaimed(outbox: Outbox, claim: Claim, column: string): Promise<void> {
  const { store, queue } = outbox;
  await queue.take(claim, { limit: 1, nowMs: NOW, ...never });
  await queue.obey(claim, never);
  await store.readVersions(claim, ['A1', 'B1', 'gone'], never);
  await store.listDeadLetters('C1', { ...never, limit: 10 });
  await answerRequests(outbox, claim);
  const contacts = [contactWith('A1', 'a2', 'b'), contactWith('G1', 'g')];
  await store.write(batchOf({ contacts, deadLetters: [sampleDeadLetter('K')] }), claim, never);
  await report(outbox);
  await doActs(outbox, claim);
  await deliver(outbox, claim, column);
  await queue.clockSet(claim, 1_000, never);
  await store.renew(claim, never);
  await store.erasure?.forget(['gone', 'also gone', 'A1'], never);
  await store.erasure?.readForgotten(['gone', 'also gone', 'A1'], never);
  await store.erasure?.remember(['also gone'], never);
  await store.release(claim, never);
}

async function answerRequests({ store }: Outbox, claim: Claim): Promise<void> {
  await store.postRequest('C1', { key: 'r2', kind: 'refetch', contactIds: ['A1'] }, never);
  const settled = (await store.takeRequests(claim, never)).map(({ key }) => key);
  await store.write(batchOf({ settled }), claim, never);
  expect(await store.takeRequests(claim, never)).toEqual([]);
}

async function doActs({ queue, control }: Outbox, claim: Claim): Promise<void> {
  await control.ask('C1', { act: 'retry', selection: { all: true } }, { by: 'ada@desk', ...never });
  const span = { sinceMs: 0, untilMs: NOW + 1 };
  await control.ask('C1', { act: 'replay', ...span }, { by: 'ada@desk', ...never });
  let isMore = true;
  for (let step = 0; step < 20 && isMore; step++) ({ isMore } = await queue.obey(claim, never));
  expect(isMore, 'acts come to an end').toBe(false);
  const { pausing } = await queue.obey(claim, never);
  expect(pausing, 'the last act was resume').toBeNull();
}

/** Every contact that has nothing odd gets its messages: `F1` and `G1` at least, since only one row has an odd cell. */
async function deliver({ queue }: Outbox, claim: Claim, column: string): Promise<void> {
  const sent: string[] = [];
  const attempt = { endedMs: NOW, tookMs: 3 };
  for (let round = 0; round < 10; round++) {
    const taken = await queue.take(claim, { limit: 10, nowMs: NOW * 2, ...never });
    if (taken.length === 0) break;
    sent.push(...taken.map(({ contactId }) => contactId));
    for (const { state } of taken) expect(['new', 'updated']).toContain(state);
    for (const { contactId, contact } of column === 'contact' ? [] : taken) expect(contact.$id).toBe(contactId);
    const [failed, ...accepted] = taken;
    const again = { id: failed?.id ?? '', outcome: 'failed', dueMs: NOW, failure: failureAt(NOW), attempt } as const;
    const outcomes = accepted.map(({ id }) => ({ id, outcome: 'accepted', attempt }) as const);
    await queue.settle(
      claim,
      round === 0 ? [again, ...outcomes] : [{ ...again, outcome: 'accepted' }, ...outcomes],
      never,
    );
  }
  expect(sent).toEqual(expect.arrayContaining(['G1']));
  expect(sent.some((contact) => contact === 'F1' || contact === 'E1')).toBe(true);
  const { dueMs } = await queue.backlog(never);
  expect(dueMs === null || dueMs > NOW * 2, `nothing is left due: ${dueMs}`).toBe(true);
}

async function report({ report, control, queue, store }: Outbox): Promise<void> {
  await report.summary('C1', never);
  await report.listWaiting('C1', { failedOnly: false, limit: 10, ...never });
  await report.listContacts('C1', { failedOnly: true, limit: 10, ...never });
  await report.listAccepted('C1', { limit: 10, ...never });
  for (const selection of [{ all: true }, { contactId: 'A1' }, { idStart: 'msg_0' }] as const) {
    await report.details('C1', selection, { limit: 10, ...never });
  }
  await control.list('C1', { limit: 10, ...never });
  await control.find(1, never);
  await control.state('C1', never);
  await queue.backlog(never);
  await queue.hasAccepted(never);
  await store.checkHealth(never);
}

function outboxAt(file: string, notices: SinkNotice[]): Outbox {
  const notify = (notice: SinkNotice) => notices.push(notice);
  const keeping = { keepAttemptsMs: 86_400_000, keepAcceptedMs: 86_400_000 };
  return createOutbox({
    file,
    campaign: 'C1',
    target: 'https://target/',
    now: () => NOW,
    ballastBytes: 0,
    notify,
    ...keeping,
  });
}

export function runSql(file: string, text: string): void {
  using database = new DatabaseSync(file);
  database.exec(`PRAGMA synchronous = off; ${text}`);
}
