import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runHere } from '../harness/command/command-here.ts';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { queryRows } from '../harness/compare/query-rows.ts';
import { EARLIER_CAMPAIGN, EARLIER_RELEASES, earlierCopy } from '../harness/earlier-release.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { ENGINES } from '../harness/targets.ts';

/** The copy of this release has the plan of a test, and no other release was asked for MySQL. */
const OF_A_TEST = 'before-late-columns';

for (const engine of ENGINES) {
  if (engine === 'mssql') continue;
  it(`${engine}: a start brings the copy of each earlier release up to date, and fetches nothing again`, async () => {
    const simulator = await startSimulator(EARLIER_CAMPAIGN);
    onTestFinished(() => simulator.close());
    const { campaign, token, url } = simulator;
    const given = ['--mode', 'db_init', '--campaign', campaign, '--token', token, '--api-url', url, '--json'];
    await using targets = await sharedTargets(engine);
    for (const release of engine === 'mysql' ? ([OF_A_TEST] as const) : EARLIER_RELEASES) {
      await using target = await targets.create();
      const { run } = databaseAt(target.url);
      for (const statement of earlierCopy(engine, release)) await run(statement);
      const init = async () => {
        const { code, stdout } = await runHere([...given, '--url', target.url], {});
        const { summary } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
        return { code, fetched: summary.totals.contactsFetched };
      };
      expect(await init(), release).toEqual({
        code: 0,
        fetched: release === OF_A_TEST ? EARLIER_CAMPAIGN.contacts : 0,
      });
      const { differences, rows } = await target.read((copy) => compareWithTruth(`${url}/__truth`, copy));
      expect(differences, release).toEqual([]);
      expect(rows, release).toBeGreaterThan(50);
      const unfilled = 'SELECT id FROM mcall_transactions WHERE campaign_id IS NULL OR sequence_nr IS NULL';
      expect(await queryRows(target.url, unfilled), release).toEqual([]);
      expect(await init(), release).toEqual({ code: 0, fetched: 0 });
    }
  });
}
