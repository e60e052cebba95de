import { expect, it } from 'vitest';
import { DISTINCT_ENGINES, OWN_SERVERS, openTargets } from '../harness/targets.ts';
import { killServer } from './server-kills.ts';

const SEED = 20_264;

for (const engine of OWN_SERVERS.filter((name) => DISTINCT_ENGINES.includes(name))) {
  it(`${engine}: one daemon outlives five kills of the database server, and the copy equals the truth (seed ${SEED})`, async () => {
    await using targets = await openTargets(engine);
    const { comparison, recovered } = await killServer({ seed: SEED, kills: 5, targets });
    expect(comparison.differences).toEqual([]);
    expect(comparison.rows).toBeGreaterThan(4_000);
    expect(recovered).toBeGreaterThanOrEqual(5);
  });
}
