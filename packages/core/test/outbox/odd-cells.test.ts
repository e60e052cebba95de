import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sampleDeadLetter } from '@dbsync/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { contactWith, failureAt, progressSince } from '../../../../test/harness/outbox-file.ts';
import { batchOf, claimOf, never } from '../../../../test/harness/sqlite-file.ts';
import { isSinkError, type SinkNotice } from '../../src/contract/index.ts';
import { SCHEMA_STEPS } from '../../src/outbox/file/outbox-schema.ts';
import { createOutbox, type Outbox } from '../../src/outbox/outbox.ts';

const NOW = Date.UTC(2026, 2, 3);
const BY = { user: 'ada', host: 'desk' };
/** Cells that the file refuses, by the type of the column, are left out. */
const ODD = ['NULL', '1', '9223372036854775807', '-9223372036854775808', "'[7]'", "x'00ff'"];
/** The tables of a new file, so that a table of a later version is tried too. */
const TABLES = [...SCHEMA_STEPS.join('').matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name ?? '');

let folder: string;
let prepared: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dbsync-odd-'));
  prepared = join(folder, 'prepared.sqlite');
  await prepare(prepared);
});
afterAll(() => rmSync(folder, { recursive: true }));

for (const table of TABLES) {
  it(`R36 any value in any cell of ${table} of an outbox is borne, or told with the statement that corrects it`, async () => {
    const untold: string[] = [];
    let tried = 0;
    for (const [column, odd] of cellsOf(table)) {
      const file = join(folder, `${table}.sqlite`);
      copyFileSync(prepared, file);
      if (!change(file, table, column, odd)) continue;
      tried += 1;
      await useAndRepair(file).catch((error: unknown) => untold.push(`${column} = ${odd}: ${error}`));
    }
    expect(untold).toEqual([]);
    expect(tried).toBeGreaterThan(0);
  });
}

/** A row at least in each of the tables, as a daemon leaves them that was killed. */
async function prepare(file: string): Promise<void> {
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

const WITHOUT_ROWID: Readonly<Record<string, string>> = {
  contacts: 'contact',
  ledger: 'transaction_id',
  forgotten: 'contact_hash',
};

/** Changes one cell of the table's first row. Returns false if the file keeps such a value out. */
function change(file: string, table: string, column: string, odd: string): boolean {
  try {
    const key = WITHOUT_ROWID[table] ?? 'rowid';
    runSql(
      file,
      `UPDATE ${table} SET ${column} = ${odd} WHERE ${key} = (SELECT ${key} FROM ${table} ORDER BY 1 LIMIT 1)`,
    );
    return true;
  } catch {
    return false;
  }
}

/** Errors of a target or a campaign that is another one, which say what to do. */
const TOLD = ['OUTBOX_TARGET_CHANGED', 'OUTBOX_OF_OTHER_CAMPAIGN'];

/** Does all that a daemon and an operator do; again where the message names a statement. */
async function useAndRepair(file: string): Promise<void> {
  try {
    await useAll(file);
  } catch (error) {
    if (!isSinkError(error)) throw error;
    if (TOLD.includes(error.code)) return;
    const [, statement] = /write: (.*)$/.exec(error.message) ?? [];
    if (error.code !== 'OUTBOX_STATE_UNREADABLE' || statement === undefined) throw error;
    runSql(file, statement);
    await useAll(file);
  }
}

async function useAll(file: string): Promise<void> {
  const notices: SinkNotice[] = [];
  const outbox = outboxAt(file, notices);
  const { store, queue } = outbox;
  await store.open(never);
  try {
    const { heldBy } = await store.readState('C1', never);
    const claim = await claimOf(store, { plan: 'plan', ...(heldBy && { takeOverFrom: heldBy.holder }) });
    await store.readVersions(claim, ['A1', 'B1', 'gone'], never);
    await store.listDeadLetters('C1', { ...never, limit: 10 });
    await answerRequests(outbox, claim);
    const contacts = [contactWith('A1', 'a2', 'b'), contactWith('G1', 'g')];
    await store.write(batchOf({ contacts, deadLetters: [sampleDeadLetter('K')] }), claim, never);
    await report(outbox);
    await doActs(outbox, claim);
    await deliver(outbox, claim);
    await queue.clockSet(claim, 1_000, never);
    await store.renew(claim, never);
    await store.erasure?.forget(['gone', 'also gone', 'A1'], never);
    await store.erasure?.readForgotten(['gone', 'also gone', 'A1'], never);
    await store.erasure?.remember(['also gone'], never);
    await store.release(claim, never);
  } finally {
    await store.close();
  }
}

type Claimed = Awaited<ReturnType<typeof claimOf>>;

async function answerRequests({ store }: Outbox, claim: Claimed): Promise<void> {
  await store.postRequest('C1', { key: 'r2', kind: 'refetch', contactIds: ['A1'] }, never);
  const settled = (await store.takeRequests(claim, never)).map(({ key }) => key);
  await store.write(batchOf({ settled }), claim, never);
  expect(await store.takeRequests(claim, never)).toEqual([]);
}

async function doActs({ queue, control }: Outbox, claim: Claimed): Promise<void> {
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
async function deliver({ queue }: Outbox, claim: Claimed): Promise<void> {
  const sent: string[] = [];
  const attempt = { endedMs: NOW, tookMs: 3 };
  for (let round = 0; round < 10; round++) {
    const taken = await queue.take(claim, { limit: 10, nowMs: NOW * 2, ...never });
    if (taken.length === 0) break;
    sent.push(...taken.map(({ contactId }) => contactId));
    for (const { state } of taken) expect(['new', 'updated']).toContain(state);
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
  for (const wish of [{ all: true }, { contactId: 'A1' }, { idStart: 'msg_0' }] as const) {
    await report.details('C1', wish, { limit: 10, ...never });
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

function cellsOf(table: string): readonly (readonly [column: string, odd: string])[] {
  using database = new DatabaseSync(prepared);
  const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
  return columns.flatMap(({ name }) => ODD.map((odd) => [String(name), odd] as const));
}

function runSql(file: string, text: string): void {
  using database = new DatabaseSync(file);
  database.exec(`PRAGMA synchronous = off; ${text}`);
}
