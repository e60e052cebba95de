import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { startDbsync } from '../harness/dbsync-child.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { ENGINES } from '../harness/targets.ts';

for (const engine of ENGINES) {
  it(`${engine}: db_init of 5,000 contacts, every fiftieth hostile, equals the truth cell by cell`, async () => {
    const simulator = await startSimulator({ contacts: 5_000, hostileEvery: 50 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const { campaign, token, url } = simulator;
    const copying = startDbsync({ mode: 'db_init', campaign, token, 'api-url': url, url: target.url });
    expect(await copying.ended, copying.output().slice(-2_000)).toBe(0);
    const { differences, rows } = await target.read((copy) => compareWithTruth(`${url}/__truth`, copy));
    expect(differences).toEqual([]);
    expect(rows).toBeGreaterThan(45_000);
  });

  it(`${engine}: a filtered copy holds what passes the filter, and every contact`, async () => {
    const simulator = await startSimulator({ contacts: 400, hostileEvery: 20 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const { campaign, token, url } = simulator;
    const filter = { fm: 'hi_updates_only', fp: 'fc_' };
    const copying = startDbsync({ a: 'db_init', c: campaign, ct: token, 'api-url': url, url: target.url, ...filter });
    expect(await copying.ended, copying.output().slice(-2_000)).toBe(0);
    const truth = `${url}/__truth?type=update&hi=true&tasks=fc_`;
    const { differences, rows } = await target.read((copy) => compareWithTruth(truth, copy));
    expect(differences).toEqual([]);
    expect(rows).toBeGreaterThan(400);
  });
}
