import { type ActivityKind, type Simulator, startSimulator } from '@dbsync/simulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { untilCaughtUp } from '../harness/caught-up.ts';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { dbsync, differences, variables, verify } from '../harness/command/copy-commands.ts';
import { type DbsyncChild, startDbsync } from '../harness/dbsync-child.ts';
import { DUMP_COMMANDS } from '../harness/dump-commands.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { type ClientProduct, openClients, withClients } from '../harness/servers/database-clients.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { type CopyTarget, ENGINES } from '../harness/targets.ts';

const SERVERS = (['postgres', 'mariadb', 'mysql'] as const).filter((product) => ENGINES.includes(product));
const PRODUCTS = await withClients(SERVERS, 'backups by the own programs');
/** Changes with and without an event, of contacts and of the records below them. */
const KINDS: readonly ActivityKind[] = ['transaction', 'call-ends', 'recording-located', 'edit', 'new-contact'];

/** Deleted contacts and vanished records stay in the copy, and would be differences. */
const KEPT = { 'delete-contact': 0, 'vanish-child': 0 };

describe.each(PRODUCTS)('%s: a backup by its own program', (product) => {
  it('that was taken while db_sync wrote loses nothing when it is restored into a new database', async () => {
    await using bench = await openBench(product);
    const { simulator, target, clients, database, commands } = bench;
    const daemon = startDbsync({ mode: 'db_sync', interval: 1 }, variables(simulator, target));
    await untilCaughtUp(daemon);
    simulator.activity.start(50);
    await untilCaughtUp(daemon);
    await clients.run(commands.backup(database));
    await untilCaughtUp(daemon);
    simulator.activity.stop();
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);

    await clients.run(commands.restoreNew(database));
    expect(await differences(simulator, target)).not.toEqual([]);
    const again = startDbsync({ mode: 'db_sync', interval: 1 }, variables(simulator, target));
    await untilListed(again);
    await untilCaughtUp(again);
    again.kill('SIGTERM');
    expect(await again.ended).toBe(0);
    expect(again.events.filter(({ level }) => level === 'error')).toEqual([]);
    expect((await verify(simulator, target, '--deep')).findings).toEqual([]);
    expect(await differences(simulator, target)).toEqual([]);
  });

  it('R10 is noticed by a db_sync that runs while it is restored, and what came since is copied again', async () => {
    await using bench = await openBench(product);
    const { simulator, target, clients, database, commands } = bench;
    const daemon = startDbsync({ mode: 'db_sync', interval: 1 }, variables(simulator, target));
    await untilCaughtUp(daemon);
    await clients.run(commands.backup(database));
    await changeAndCopy(simulator, target);
    expect((await verify(simulator, target, '--deep')).findings).toEqual([]);

    const restored = daemon.next(({ code }) => code === 'STORE_WENT_BACK');
    const listed = restored.then(() => untilListed(daemon));
    await clients.run(commands.restore(database));
    expect((await restored).message).toContain('The target was set back');
    await listed;
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
    expect((await verify(simulator, target, '--deep')).findings).toEqual([]);
    expect(await differences(simulator, target)).toEqual([]);
  });
});

/** These programs restore one table after the other, in the order of the alphabet. */
describe.each(PRODUCTS.filter((product) => product !== 'postgres'))('%s: a restore that takes long', (product) => {
  it('R10 leaves no older record below a contact that db_sync wrote meanwhile', async () => {
    const clock = createVirtualClock();
    await using bench = await openBench(product, clock);
    const { simulator, target, clients, database, commands } = bench;
    const run = startRun({ simulator, store: await loadStore(target.url), clock, mode: 'db_sync' });
    const listed = () => run.next('part-done', ({ part }) => part === 'listing');
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
    simulator.activity.step(5, 'transaction');
    // A new claim reads the events of the last two hours again, and would find these contacts by their lines.
    const threeHoursOn = clock.now() + 3 * 60 * 60_000;
    while (clock.now() < threeHoursOn) await passUntil(listed());
    await clients.run(commands.backup(database));
    await clients.run(HALVES);
    await clients.run(`${product} ${database} < first.sql`);
    simulator.activity.step(5, 'call-ends');
    await passUntil(listed());
    await clients.run(`${product} ${database} < second.sql`);
    await passUntil(run.next('notice', ({ code }) => code === 'STORE_WENT_BACK').then(listed));
    await run.stop();
    expect(await differences(simulator, target)).toEqual([]);
  });
});

/** Splits a backup behind the contacts. Each half begins with the settings of the session. */
const HALVES = `awk '
  /^-- Table structure for table/ { table = $NF; isBegun = 1 }
  !isBegun { print > "second.sql" }
  { print > (isBegun && table > "\`mcall_contacts~" ? "second.sql" : "first.sql") }
' calls.sql`;

interface Bench extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly target: CopyTarget;
  /** The name of the database. */
  readonly database: string;
  readonly clients: Awaited<ReturnType<typeof openClients>>;
  readonly commands: (typeof DUMP_COMMANDS)[ClientProduct];
}

/** Copies a campaign of 60 contacts into a new database. */
async function openBench(product: ClientProduct, clock?: ReturnType<typeof createVirtualClock>): Promise<Bench> {
  const simulator = await startSimulator({ contacts: 60, activityMix: KEPT, ...(clock && { clock }) });
  onTestFinished(() => simulator.close());
  const targets = await sharedTargets(product);
  const target = await targets.create();
  const clients = await openClients(product, target.url);
  if (clock === undefined) expect((await dbsync(simulator, target, ['--mode', 'db_init'])).code).toBe(0);
  else await startRun({ simulator, store: await loadStore(target.url), clock }).done;
  return {
    ...{ simulator, target, clients },
    database: new URL(target.url).pathname.slice(1),
    commands: DUMP_COMMANDS[product],
    [Symbol.asyncDispose]: async () => {
      clients[Symbol.dispose]();
      await target[Symbol.asyncDispose]();
      await targets[Symbol.asyncDispose]();
    },
  };
}

/** Changes contacts, and lets the daemon fetch them at once: without an event it would list them minutes later. */
async function changeAndCopy(simulator: Simulator, target: CopyTarget): Promise<void> {
  const changed = KINDS.flatMap((kind) => simulator.activity.step(5, kind)).map(({ contactId }) => String(contactId));
  expect((await dbsync(simulator, target, ['refetch', ...new Set(changed)])).code).toBe(0);
}

async function untilListed(daemon: DbsyncChild): Promise<void> {
  await daemon.next(({ type, part }) => type === 'part-done' && part === 'listing');
}
