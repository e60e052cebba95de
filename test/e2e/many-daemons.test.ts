import { type Simulator, startSimulator, type TruthLine } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { untilCaughtUp } from '../harness/caught-up.ts';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { truthLines } from '../harness/compare/truth-source.ts';
import { startDbsync } from '../harness/dbsync-child.ts';
import { ENGINES, openTargets } from '../harness/targets.ts';

const CAMPAIGNS = 10;
/** An instant before the simulator's past. */
const SINCE = new Date(Date.now() - 32 * 86_400_000).toISOString();

/** Starts campaigns of different fields, so that the daemons change the same tables. */
async function startCampaigns(): Promise<readonly Simulator[]> {
  const simulators: Simulator[] = [];
  for (let nr = 1; nr <= CAMPAIGNS; nr++) {
    const campaign = `CAMPAIGN${String(nr).padStart(8, '0')}`;
    simulators.push(await startSimulator({ seed: nr, campaign, contacts: 150, fields: 4 + nr }));
  }
  onTestFinished(async () => {
    for (const simulator of simulators) await simulator.close();
  });
  return simulators;
}

async function* truthOfAll(simulators: readonly Simulator[]): AsyncGenerator<TruthLine> {
  for (const { url } of simulators) yield* truthLines(`${url}/__truth`);
}

for (const engine of ENGINES) {
  it(`${engine}: ten daemons begin at once in one empty database, and none loses a row or says a loud word`, async () => {
    const simulators = await startCampaigns();
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const daemons = simulators.map(({ campaign, token, url }) =>
      startDbsync({
        mode: 'db_sync',
        since: SINCE,
        interval: 1,
        campaign,
        token,
        'api-url': url,
        url: target.url,
      }),
    );
    await Promise.all(daemons.map((daemon) => daemon.next(({ type }) => type === 'cycle')));
    for (const { activity } of simulators) activity.step(40, 'transaction');
    await Promise.all(daemons.map(untilCaughtUp));
    for (const daemon of daemons) daemon.kill('SIGTERM');
    for (const daemon of daemons) expect(await daemon.ended, daemon.output().slice(-4_000)).toBe(0);

    const reported = daemons
      .flatMap(({ events }) => events)
      .filter(({ type }) => type === 'waiting' || type === 'notice');
    // The servers of the tests write without fsync, and the check of the database says so.
    const loud = reported.filter(({ type, level }) => level !== 'debug' && (type === 'waiting' || level !== 'info'));
    expect(loud.filter(({ code }) => code !== 'CLI_TARGET_UNFIT')).toEqual([]);
    const { differences, rows } = await target.read((copy) => compareWithTruth(() => truthOfAll(simulators), copy));
    expect(differences).toEqual([]);
    expect(rows).toBeGreaterThan(CAMPAIGNS * 1_000);
  });
}
