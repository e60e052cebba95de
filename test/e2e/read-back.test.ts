import { type Simulator, startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { type CopyTarget, ENGINES } from '../harness/targets.ts';

/** SQL Server is left out: the same code reads its rows. */
for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: R36 rows of dbsync's own tables that another program wrote harm themselves alone`, async () => {
    const simulator = await startSimulator({ contacts: 20, hostileEvery: 4 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const database = databaseAt(target.url);
    const { campaign } = simulator;
    await startRun({ simulator, store: await loadStore(target.url) }).done;
    const huge = `{"kind":"refetch","contactIds":["${'x'.repeat(5 << 20)}"]}`;
    const bodies = [huge, 'null', 'what?', '{"kind":"erase"}', '{"kind":"refetch","contactIds":"all"}'];
    const requests = bodies.map(
      (body, nr) => `INSERT INTO mcall_sync_requests VALUES ('${campaign}', 'bad ${nr}', ${nr}, '${body}')`,
    );
    await database.run(
      ...requests,
      `UPDATE mcall_sync_columns SET field = 'no JSON' WHERE table_name = 'contacts'`,
      `UPDATE mcall_dead_letters SET body = 'no JSON'`,
      `UPDATE mcall_sync_state SET holder = 'x', process = 'no JSON', plan = NULL, lease_until = ${Date.now() + 1_000}`,
    );
    simulator.activity.step(20, 'edit');
    const run = startRun({ simulator, store: await loadStore(target.url), mode: 'db_sync' });
    await Promise.all([run.next('cycle'), run.next('part-done', ({ part }) => part === 'listing')]);
    await run.stop();
    const reported = run.events.flatMap((event) =>
      event.type === 'notice' && event.code === 'REQUEST_UNREADABLE' ? event.message : [],
    );
    expect(reported).toEqual([expect.stringContaining(`${bodies.length} requests in the mailbox`)]);
    await database.run('DELETE FROM mcall_dead_letters');
    expect(await rowDifferences(simulator, target)).toEqual([]);
  });
}

/** Compares rows. Dead letters were deleted by hand, so the comparison cannot read them. */
async function rowDifferences({ url }: Simulator, target: CopyTarget) {
  const { differences } = await target.read((copy) => compareWithTruth(`${url}/__truth`, copy));
  return differences.filter(({ table }) => table !== 'dead_letters');
}
