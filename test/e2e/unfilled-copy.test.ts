import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '@dbsync/core';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { startDbsync } from '../harness/dbsync-child.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { DISTINCT_ENGINES } from '../harness/targets.ts';

const reportedCodes = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'notice' ? [event.code] : []));

for (const engine of DISTINCT_ENGINES) {
  it(`${engine}: db_sync into an empty target says at once that it copies only what comes, and each day until db_init has completed`, async () => {
    const simulator = await startSimulator({ contacts: 20 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const sync = async (since: string | null = null) => {
      const store = await loadStore(target.url);
      const run = startRun({ simulator, store, mode: 'db_sync', since, fillCommand: 'dbsync --mode db_init' });
      const cycle = await run.next('cycle');
      await run.stop();
      return {
        cycle,
        notices: run.events.filter((event) => event.type === 'notice'),
        codes: reportedCodes(run.events),
      };
    };
    const first = await sync();
    expect(first.notices).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        code: 'COPY_BEGINS_NOW',
        message: expect.stringContaining('dbsync --mode db_init'),
      }),
    );
    expect(Date.parse(first.cycle.onlySince ?? '')).toBeGreaterThan(Date.now() - 60_000);
    const second = await sync();
    expect(second.codes).not.toContain('COPY_BEGINS_NOW');
    expect(second.cycle.onlySince).toBe(first.cycle.onlySince);
    await startRun({ simulator, store: await loadStore(target.url) }).done;
    expect((await sync()).cycle.onlySince).toBeUndefined();
  });
}

it('says nothing of the kind where --since was given', async () => {
  const simulator = await startSimulator({ contacts: 5 });
  onTestFinished(() => simulator.close());
  await using targets = await sharedTargets('sqlite');
  await using target = await targets.create();
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const run = startRun({ simulator, store: await loadStore(target.url), mode: 'db_sync', since });
  expect((await run.next('cycle')).onlySince).toBeUndefined();
  await run.stop();
  expect(reportedCodes(run.events)).not.toContain('COPY_BEGINS_NOW');
});

it('names the file of the campaigns in the command that copies what came before', async () => {
  const simulator = await startSimulator({ contacts: 5 });
  onTestFinished(() => simulator.close());
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-unfilled-'));
  const file = join(folder.path, 'dbsync.json');
  const { campaign, token, url } = simulator;
  const one = {
    name: 'madrid',
    mode: 'db_sync',
    campaign,
    token,
    'api-url': url,
    url: `sqlite:${folder.path}/copy.db`,
  };
  writeFileSync(file, JSON.stringify({ campaigns: [one] }), { mode: 0o600 });
  const daemon = startDbsync({ config: file }, {}, ['run']);
  onTestFinished(() => daemon.kill('SIGKILL'));
  const { message } = await daemon.next((event) => event.code === 'COPY_BEGINS_NOW');
  expect(message).toContain(`run: dbsync run --config ${file} --campaign madrid --mode db_init , and`);
  daemon.kill('SIGTERM');
  expect(await daemon.ended, daemon.output().slice(-4_000)).toBe(0);
});
