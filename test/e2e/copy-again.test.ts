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
  it(`${engine}: R16b db_init --again fetches and writes everything again, whatever the proofs say`, async () => {
    const simulator = await startSimulator({ contacts: 40 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const copy = async (again: boolean) => startRun({ simulator, store: await loadStore(target.url), again });
    const differences = async () =>
      (await target.read((stored) => compareWithTruth(`${simulator.url}/__truth`, stored))).differences;
    await (await copy(false)).done;
    const { run, quote } = databaseAt(target.url);
    await run(`UPDATE mcall_transactions SET ${quote('task')} = 'changed by hand'`);
    await (await copy(false)).done;
    expect(await differences()).not.toEqual([]);
    const again = await copy(true);
    const { totals } = await again.done;
    expect(totals.contactsFetched).toBe(totals.contactsListed);
    expect(await differences()).toEqual([]);
    expect(again.events.filter((event) => event.type === 'notice' && event.code === 'API_MD5_UNRELIABLE')).toEqual([]);
    expect((await (await copy(false)).done).totals.contactsFetched).toBe(0);
  });
}
