import { expect, it } from 'vitest';
import { DISTINCT_ENGINES, openTargets } from '../harness/targets.ts';
import { killRun } from './kill-run.ts';

const SEED = 20_261;

for (const engine of DISTINCT_ENGINES) {
  it(`${engine}: equals the truth after five kills amid API faults and live activity (seed ${SEED})`, async () => {
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const result = await killRun({ seed: SEED, kills: 5, contacts: 1_500, target });
    expect(result.comparison.differences).toEqual([]);
    expect(result.comparison.rows).toBeGreaterThan(10_000);
    expect(result.killedInits + result.killedSyncs).toBe(5);
  });
}
