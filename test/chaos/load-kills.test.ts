import { expect, it } from 'vitest';
import { DISTINCT_ENGINES, openTargets } from '../harness/targets.ts';
import { killLoads } from './load-kills.ts';

const SEED = 20_262;

for (const engine of DISTINCT_ENGINES.filter((name) => name !== 'mssql')) {
  it(`R20 ${engine}: equals the truth after kills while rows are loaded and keys are built (seed ${SEED})`, async () => {
    await using targets = await openTargets(engine);
    const result = await killLoads({ seed: SEED, kills: 3, contacts: 300, targets });
    expect(result.flaws).toEqual([]);
    expect(result.killedLoads).toBeGreaterThan(0);
    expect(result.killedBuilds).toBeGreaterThan(0);
  });
}
