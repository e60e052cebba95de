import { type Simulator, startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../harness/clocks/virtual-clock.ts';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { type ObservedRun, startRun } from '../harness/observed-run.ts';
import { type CopyTarget, DISTINCT_ENGINES, openTargets } from '../harness/targets.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

interface Copying {
  readonly simulator: Simulator;
  readonly clock: VirtualClock;
  readonly run: ObservedRun;
}

/** Resolves when a cycle and a listing have ended, both from now on. They run beside each other: either may be the first. */
async function cycledAndListed(run: ObservedRun): Promise<void> {
  await Promise.all([run.next('cycle'), run.next('part-done', ({ part }) => part === 'listing')]);
}

/**
 * Starts a copy of the whole campaign, and a daemon that keeps it current on a clock that can jump. The first listing has
 * ended: one under way would end after the outage, without the changes of that time.
 */
async function startCopying(target: CopyTarget): Promise<Copying> {
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts: 300, clock });
  onTestFinished(() => simulator.close());
  await startRun({ simulator, clock, store: await loadStore(target.url) }).done;
  const run = startRun({ simulator, clock, store: await loadStore(target.url), mode: 'db_sync' });
  await cycledAndListed(run);
  return { simulator, clock, run };
}

/** Lets hours pass with all kinds of activity in the campaign. */
function letHoursPass({ simulator, clock }: Copying, hours: number): void {
  for (let hour = 0; hour < hours; hour++) {
    clock.jump(HOUR_MS);
    simulator.activity.step(4);
    simulator.activity.step(1, 'edit');
    simulator.activity.step(1, 'late-change');
  }
}

/**
 * Expects the copy to be current after two cycles and the listing that is due meanwhile. The jobs of the first cycle are under
 * way already. The clock does not jump before they end: a jump makes their requests time out, and starts the jobs without
 * requests once more, whose third end reports a cycle without the others.
 */
async function expectCaughtUp({ simulator, clock, run }: Copying, target: CopyTarget): Promise<void> {
  await cycledAndListed(run);
  const second = run.next('cycle');
  clock.jump(MINUTE_MS);
  await second;
  await run.stop();
  const { differences } = await target.read((copy) => compareWithTruth(`${simulator.url}/__truth`, copy));
  expect(differences).toEqual([]);
}

for (const engine of DISTINCT_ENGINES) {
  it(`${engine}: catches up within two cycles after the API was down for three days`, async () => {
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const copying = await startCopying(target);
    copying.simulator.faults.set([{ kind: 'reset' }]);
    const waiting = copying.run.next('waiting');
    copying.clock.jump(MINUTE_MS);
    expect(await waiting).toMatchObject({ for: 'api', code: 'API_UNREACHABLE', level: 'info' });
    const waitingLong = copying.run.next('waiting', ({ level }) => level === 'error');
    letHoursPass(copying, 72);
    await waitingLong;
    copying.simulator.faults.clear();
    await expectCaughtUp(copying, target);
  });
}

it('postgres: catches up within two cycles after the database was down for two hours', async () => {
  await using targets = await openTargets('postgres');
  await using target = await targets.create();
  const copying = await startCopying(target);
  const waiting = copying.run.next('waiting', (event) => event.for === 'store');
  await targets.server?.kill();
  copying.clock.jump(MINUTE_MS);
  letHoursPass(copying, 2);
  await waiting;
  const claimed = copying.run.next('claimed');
  await targets.server?.restart();
  await claimed;
  await expectCaughtUp(copying, target);
});
