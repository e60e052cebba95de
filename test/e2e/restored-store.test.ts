import { type Simulator, startSimulator } from '@dbsync/simulator';
import { createSink as createMysqlSink } from '@dbsync/sink-mysql';
import { createSink as createPostgresSink } from '@dbsync/sink-postgres';
import {
  createMemoryStore,
  createMemoryTarget,
  rowsOfMessages,
  type StoreSubject,
  type StoreTarget,
} from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { snapshotOf } from '../conformance/memory-snapshot.ts';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { startRun } from '../harness/observed-run.ts';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../harness/servers/mysql-database.ts';
import { mysqlSubject } from '../harness/servers/mysql-store.ts';
import { postgresSubject } from '../harness/servers/postgres-store.ts';
import { sqliteSubject } from '../harness/sqlite-subject.ts';

const memorySubject: StoreSubject = {
  createTarget: async () => {
    const target = createMemoryTarget();
    return {
      createSink: () => createMemoryStore(target),
      readRows: async (table) => rowsOfMessages(target, table),
      remove: async () => {},
      snapshot: async () => {
        const restore = snapshotOf(target);
        return async () => restore();
      },
    };
  },
};

const SUBJECTS: readonly (readonly [string, StoreSubject])[] = [
  ['memory', memorySubject],
  ['sqlite', sqliteSubject],
  ['postgres', postgresSubject(createPostgresSink)],
  ...MYSQL_PRODUCTS.map((product) => {
    const databases = { create: () => createTestDatabase(product), drop: dropTestDatabase };
    return [product, mysqlSubject(createMysqlSink, databases)] as const;
  }),
];

it.each(SUBJECTS)(
  '%s: R10 a daemon tells how far its restored target was set back, and copies again what came since the backup',
  async (_name, subject) => {
    const simulator = await startSimulator({ contacts: 60 });
    onTestFinished(() => simulator.close());
    const target = await subject.createTarget();
    onTestFinished(() => target.remove());
    const clock = createVirtualClock();
    await startRun({ simulator, store: target.createSink(), clock }).done;
    const run = startRun({ simulator, store: target.createSink(), clock, mode: 'db_sync' });
    const listed = () => run.next('part-done', ({ part }) => part === 'listing');
    await Promise.all([listed(), run.next('cycle')]);
    const restore = await target.snapshot?.();
    simulator.activity.step(5, 'edit');
    /** Lets time pass, cycle by cycle, until the event. */
    const passUntil = async <T>(event: Promise<T>): Promise<T> => {
      let isThere = false;
      const there = event.finally(() => {
        isThere = true;
      });
      while (!isThere) {
        clock.jump(6 * 60_000);
        await Promise.race([there, run.next('cycle')]);
      }
      return there;
    };
    await passUntil(listed());
    const copied = await rowsIn(target);

    await restore?.();
    expect(await rowsIn(target)).not.toEqual(copied);
    const reported = run.next('notice', ({ code }) => code === 'STORE_WENT_BACK');
    const current = run.next('claimed', ({ epoch }) => epoch === 3n).then(listed);
    expect(await passUntil(reported)).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('was set back'),
    });
    await passUntil(current);
    expect(await rowsIn(target)).toEqual(copied);
    await run.stop();
  },
);

it.each(SUBJECTS)(
  '%s: a target that was restored from a backup while dbsync stood is whole again after the first listing of the next start',
  async (_name, subject) => {
    const simulator = await startSimulator({ contacts: 60 });
    onTestFinished(() => simulator.close());
    const target = await subject.createTarget();
    onTestFinished(() => target.remove());
    await startRun({ simulator, store: target.createSink() }).done;
    const restore = await target.snapshot?.();
    simulator.activity.step(30);
    await copyChanges(simulator, target);
    const copied = await rowsIn(target);

    await restore?.();
    expect(await rowsIn(target)).not.toEqual(copied);
    await copyChanges(simulator, target);
    expect(await rowsIn(target)).toEqual(copied);
  },
);

/** Runs until all earlier changes are read. */
async function copyChanges(simulator: Simulator, target: StoreTarget): Promise<void> {
  const run = startRun({ simulator, store: target.createSink(), mode: 'db_sync' });
  await Promise.all([run.next('cycle'), run.next('part-done', ({ part }) => part === 'listing')]);
  await run.stop();
}

async function rowsIn(target: StoreTarget): Promise<readonly string[]> {
  const [contacts, transactions] = [await target.readRows('contacts'), await target.readRows('transactions')];
  return [...contacts, ...transactions].map((row) => JSON.stringify(row)).sort();
}
