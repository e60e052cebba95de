import { type Simulator, startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { COPY_TABLES } from '../harness/compare/stored-copy.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import type { DamagedDatabase } from '../harness/table-damage.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { type CopyTarget, ENGINES, openTargets } from '../harness/targets.ts';

const signal = new AbortController().signal;

/** SQL Server is left out: its columns cannot be dropped without a list of the objects bound to them. */
for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: R16b a copy that lost columns, tables or rows equals the truth after the next start`, async () => {
    const simulator = await startSimulator({ contacts: 40 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const database = databaseAt(target.url);
    await copyOnce(simulator, target);
    for (const [what, lose] of Object.entries(damagesOf(database))) {
      await lose();
      const run = startRun({ simulator, store: await loadStore(target.url), mode: 'db_sync' });
      await Promise.all([run.next('cycle'), run.next('part-done', ({ part }) => part === 'listing')]);
      await run.stop();
      expect(codesOf(run.events), what).toContain('ROWS_LOST');
      expect(await differences(simulator, target), what).toEqual([]);
    }
  });

  it(`${engine}: rows whose progress was lost are reported and compared, by db_sync and by db_init`, async () => {
    const simulator = await startSimulator({ contacts: 40 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const { dropTable, run: change } = databaseAt(target.url);
    await copyOnce(simulator, target);
    await dropTable('sync_state');
    simulator.activity.step(20);
    const sync = startRun({ simulator, store: await loadStore(target.url), mode: 'db_sync' });
    await Promise.all([sync.next('cycle'), sync.next('part-done', ({ part }) => part === 'listing')]);
    await sync.stop();
    expect(codesOf(sync.events)).toContain('PROGRESS_MISSING');
    expect(await differences(simulator, target)).toEqual([]);

    await change('UPDATE mcall_sync_state SET progress = \'{"since":\'');
    simulator.activity.step(20);
    const since = new Date(Date.now() - 60_000).toISOString();
    const init = startRun({ simulator, store: await loadStore(target.url), since });
    await init.done;
    expect(codesOf(init.events)).toContain('PROGRESS_MISSING');
    expect(await differences(simulator, target)).toEqual([]);
  });

  it(`${engine}: R8 a row that was deleted by hand is fetched once, and md5s go on proving`, async () => {
    const simulator = await startSimulator({ contacts: 40 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    await copyOnce(simulator, target);
    await databaseAt(target.url).run(
      'DELETE FROM mcall_recordings WHERE id = (SELECT id FROM (SELECT min(id) AS id FROM mcall_recordings) AS one)',
    );
    const again = await copyOnce(simulator, target);
    expect(again.totals).toMatchObject({ contactsFetched: 1, rowsInserted: 1 });
    expect(await differences(simulator, target)).toEqual([]);
    const store = await loadStore(target.url);
    await store.open({ signal });
    expect((await store.readState(simulator.campaign, { signal })).progress?.md5Proves).toBe(true);
    await store.close();
    expect((await copyOnce(simulator, target)).totals).toMatchObject({ contactsFetched: 0 });
  });
}

function damagesOf(database: DamagedDatabase): Readonly<Record<string, () => Promise<void>>> {
  const { dropColumn, dropTable, emptyTable } = database;
  return {
    'a column of transactions': () => dropColumn('transactions', 'status'),
    'the overflow of contacts': () => dropColumn('contacts', '$overflow'),
    'the proofs': () => dropColumn('contacts', '$sync'),
    'the table of recordings': () => dropTable('recordings'),
    'the table of inbound calls': () => dropTable('inbound_calls'),
    'the names of columns': () => dropTable('sync_columns'),
    'the rows of connections': () => emptyTable('connections'),
    'all rows': async () => {
      for (const table of COPY_TABLES) await emptyTable(table);
    },
  };
}

async function copyOnce(simulator: Simulator, { url }: CopyTarget) {
  return startRun({ simulator, store: await loadStore(url) }).done;
}

async function differences({ url }: Simulator, target: CopyTarget) {
  return (await target.read((copy) => compareWithTruth(`${url}/__truth`, copy))).differences;
}

function codesOf(events: readonly { readonly type: string; readonly code?: unknown }[]): unknown[] {
  return events.filter(({ type }) => type === 'notice').map(({ code }) => code);
}
