import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { ENGINES } from '../harness/targets.ts';

/** SQL Server is left out: no code here writes to it without the sink. */
for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: R16b a table that was renamed is reported and made again, and makes no dead letters`, async () => {
    const simulator = await startSimulator({ contacts: 40 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    await startRun({ simulator, store: await loadStore(target.url) }).done;
    const { run } = databaseAt(target.url);
    for (const table of ['contacts', 'transactions', 'connections', 'recordings']) {
      await run(`ALTER TABLE mcall_${table} RENAME TO old_${table}`);
      simulator.activity.step(20);
      const sync = startRun({ simulator, store: await loadStore(target.url), mode: 'db_sync' });
      await Promise.all([sync.next('cycle'), sync.next('part-done', ({ part }) => part === 'listing')]);
      await sync.stop();
      const changes = sync.events.flatMap((event) => (event.type === 'schema' ? event.changes : []));
      const unlinked = changes.filter(({ change }) => change === 'unlink').map(({ to }) => to);
      expect(unlinked).toEqual(table === 'recordings' ? [] : [`old_${table}`]);
      const { differences } = await target.read((copy) => compareWithTruth(`${simulator.url}/__truth`, copy));
      expect(differences, table).toEqual([]);
    }
    const moved = (await startRun({ simulator, store: await loadStore(target.url) }).done).totals;
    expect(moved.contactsFetched).toBe(0);
  });

  it(`${engine}: R16b a table that is renamed under a running daemon is made again by it`, async () => {
    const simulator = await startSimulator({ contacts: 40 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    await startRun({ simulator, store: await loadStore(target.url) }).done;
    const sync = startRun({ simulator, store: await loadStore(target.url), mode: 'db_sync', intervalMs: 1_000 });
    await Promise.all([sync.next('cycle'), sync.next('part-done', ({ part }) => part === 'listing')]);
    const again = sync.next('claimed');
    await databaseAt(target.url).run('ALTER TABLE mcall_contacts RENAME TO old_contacts');
    simulator.activity.step(40);
    await again;
    await Promise.all([sync.next('cycle'), sync.next('part-done', ({ part }) => part === 'listing')]);
    await sync.stop();
    const { differences } = await target.read((copy) => compareWithTruth(`${simulator.url}/__truth`, copy));
    expect(differences).toEqual([]);
  });

  it(`${engine}: R16b tables that dbsync keeps beside the rows are made again where they are dropped under a running daemon`, async () => {
    const simulator = await startSimulator({ contacts: 40 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    await startRun({ simulator, store: await loadStore(target.url) }).done;
    const sync = startRun({
      simulator,
      store: await loadStore(target.url),
      mode: 'db_sync',
      intervalMs: 1_000,
      leaseMs: 3_000,
    });
    const listed = () => sync.next('part-done', ({ part }) => part === 'listing');
    await Promise.all([sync.next('cycle'), listed()]);
    const dropped = { sync_state: 0, sync_requests: 0, dead_letters: 20, sync_columns: 20 };
    for (const [table, steps] of Object.entries(dropped)) {
      const again = sync.next('claimed');
      await databaseAt(target.url).dropTable(table);
      simulator.activity.step(steps);
      await again;
      await Promise.all([sync.next('cycle'), ...(['sync_state', 'sync_columns'].includes(table) ? [listed()] : [])]);
    }
    await sync.stop();
    await startRun({ simulator, store: await loadStore(target.url) }).done;
    expect(sync.events.filter((event) => event.type === 'notice').map(({ code }) => code)).toContain(
      'PROGRESS_MISSING',
    );
    const { differences } = await target.read((copy) => compareWithTruth(`${simulator.url}/__truth`, copy));
    expect(differences).toEqual([]);
  });
}
