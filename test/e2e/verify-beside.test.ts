import { type VerifyProgress, type VerifyReport, verifyCopy } from '@dbsync/core/cli-kit';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { ENGINES } from '../harness/targets.ts';

const CHANGES_A_SECOND = 20;
/** Edits are found by listings, one each five minutes: a comparison that begins to wait makes the next one due. */
const JUMP_MS = 300_000;
/** The time between two looks. A comparison looks 600 times, so a slow daemon has two minutes. */
const LOOK_MS = 200;

for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: verify --deep gives no false alarm beside a daemon that follows 20 changes a second, and finds what is damaged`, async () => {
    const clock = createVirtualClock();
    const simulator = await startSimulator({ contacts: 150, clock });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    await startRun({ simulator, store: await loadStore(target.url), clock }).done;
    const daemon = startRun({
      simulator,
      store: await loadStore(target.url),
      clock,
      mode: 'db_sync',
      intervalMs: 1_000,
    });
    await daemon.next('cycle');
    const store = await loadStore(target.url);
    const { signal } = new AbortController();
    await store.open({ signal });
    const settings = {
      mode: 'db_sync',
      campaign: simulator.campaign,
      token: simulator.token,
      apiUrl: simulator.url,
      since: null,
      filter: { mode: 'all', prefixes: [] },
      intervalMs: 1_000,
      requestConcurrency: 4,
      contactsPerRequest: null,
      leaseMs: 30_000,
      sink: { store, target: 'test', plan: '' },
      delivery: null,
    } as const;
    const steps = new Set<string>();
    const verify = (deep: boolean): Promise<VerifyReport> => {
      let waits = 0;
      const hurried = {
        ...clock,
        sleep: (_ms: number, stop: AbortSignal) => {
          waits += 1;
          if (waits === 2) clock.jump(JUMP_MS);
          return clock.sleep(LOOK_MS, stop);
        },
      };
      const onProgress = ({ step }: VerifyProgress) => void steps.add(step);
      const options = { only: null, deep, show: (value: string) => value, onProgress };
      return verifyCopy(settings, { clock: hurried, signal, observe: () => {} }, options);
    };

    simulator.activity.start(CHANGES_A_SECOND);
    for (const deep of [true, false, true]) expect(found(await verify(deep))).toEqual([]);
    const { run, quote } = databaseAt(target.url);
    await run("UPDATE mcall_recordings SET filename = 'by hand'");
    simulator.activity.stop();
    const damaged = await verify(true);
    expect(damaged.rows.length, JSON.stringify(found(damaged))).toBeGreaterThan(10);
    expect(new Set(damaged.rows.flatMap(({ kind, cells }) => cells.map(({ name }) => `${kind} ${name}`)))).toEqual(
      new Set(['recordings filename']),
    );
    steps.clear();
    for (const table of ['recordings', 'connections', 'transactions']) {
      await run(`DELETE FROM mcall_${table} WHERE contact_id = '${damaged.present}'`);
    }
    await run(`DELETE FROM mcall_contacts WHERE ${quote('$id')} = '${damaged.present}'`);
    await verify(false);
    expect([...steps], 'a contact without a row may be one that the daemon has yet to read').toContain('wait');
    await store.close();
    await daemon.stop();
  }, 400_000);
}

function found({ differences, rows, orphans, differingCalls, unfetched }: VerifyReport) {
  return [differences, rows, orphans, differingCalls, unfetched].flat();
}
