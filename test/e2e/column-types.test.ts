import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runHere } from '../harness/command/command-here.ts';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { optionWords } from '../harness/dbsync-child.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { ENGINES } from '../harness/targets.ts';

for (const engine of ENGINES) {
  it(`${engine}: a copy with the column types of the old client holds the truth, and stays as it is at the next start`, async () => {
    const simulator = await startSimulator({ contacts: 300, hostileEvery: 10 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const { campaign, token, url } = simulator;
    for (let start = 0; start < 2; start += 1) {
      const options = { 'column-types': 'dbsync2', 'api-url': url, url: target.url, json: true } as const;
      const { code, stdout } = await runHere(optionWords({ mode: 'db_init', campaign, token, ...options }), {});
      expect(code, stdout.slice(-2_000)).toBe(0);
      expect(stdout.includes('"type":"schema"')).toBe(start === 0);
    }
    const { differences, rows } = await target.read((copy) => compareWithTruth(`${url}/__truth`, copy), 'dbsync2');
    expect(differences).toEqual([]);
    expect(rows).toBeGreaterThan(2_000);
  });
}
