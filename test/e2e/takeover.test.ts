import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { type PrintedEvent, startDbsync } from '../harness/dbsync-child.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { ENGINES } from '../harness/targets.ts';

const ofType = (type: string) => (event: PrintedEvent) => event.type === type;

for (const engine of ENGINES) {
  it(`${engine}: R12 a standby takes over from a frozen daemon, whose next commit is fenced off when it wakes`, async () => {
    const simulator = await startSimulator({ contacts: 200 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const { campaign, token, url } = simulator;
    const start = (mode: string, pace: object = {}) =>
      startDbsync({ mode, campaign, token, 'api-url': url, url: target.url, ...pace });
    expect(await start('db_init').ended).toBe(0);

    const pace = { interval: 1, lease: 2 };
    const first = start('db_sync', pace);
    await first.next(ofType('cycle'));
    const second = start('db_sync', pace);
    await second.next(ofType('standby'));
    await first.next(ofType('cycle'));

    first.kill('SIGSTOP');
    await second.next(ofType('claimed'));
    simulator.activity.step(50);
    await second.next((event) => event.type === 'cycle' && Number(event.contacts) > 0);
    const fenced = first.next(ofType('waiting'));
    const standby = first.next(ofType('standby'));
    first.kill('SIGCONT');
    expect(await fenced).toMatchObject({ for: 'store', code: 'SQL_FENCED' });
    await standby;

    simulator.activity.step(50);
    await second.next((event) => event.type === 'cycle' && Number(event.contacts) > 0);
    await second.next(ofType('cycle'));
    for (const daemon of [first, second]) {
      daemon.kill('SIGTERM');
      expect(await daemon.ended, daemon.output().slice(-2_000)).toBe(0);
    }
    expect(await start('db_init').ended).toBe(0);
    const { differences } = await target.read((copy) => compareWithTruth(`${url}/__truth`, copy));
    expect(differences).toEqual([]);
  });
}
