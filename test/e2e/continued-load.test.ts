import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { startDbsync } from '../harness/dbsync-child.ts';
import { type CopyTarget, DISTINCT_ENGINES, openTargets } from '../harness/targets.ts';

const CONTACTS = 2_000;
/** The engines that load tables without keys. */
const KEYLESS = DISTINCT_ENGINES.filter((name) => name !== 'mssql' && name !== 'sqlite');

for (const engine of KEYLESS) {
  it(`${engine}: R20 db_init goes on without keys where a killed one was, and fetches what is missing alone`, async () => {
    const { simulator, target, start } = await killedLoad(engine);
    const next = start({});
    expect(await next.ended, next.output()).toBe(0);
    const continued = next.events.find(({ code }) => code === 'SQL_LOAD_CONTINUED');
    const [, there = '0'] = /have stored ([\d,]+) contacts/.exec(String(continued?.message)) ?? [];
    const loaded = Number(there.replaceAll(',', ''));
    expect(loaded).toBeGreaterThan(0);
    const fetched = next.events.findLast(({ type, part }) => type === 'progress' && part === 'listing');
    expect(Number(fetched?.done ?? 0)).toBeLessThanOrEqual(CONTACTS - loaded);
    const { differences } = await target.read((copy) => compareWithTruth(`${simulator.url}/__truth`, copy));
    expect(differences).toEqual([]);
  });
}

it('postgres: R20 db_init under another filter builds the keys of a killed one first', async () => {
  const { start } = await killedLoad('postgres');
  const next = start({ 'filter-mode': 'updates_only' });
  const first = await next.next(({ type }) => type === 'building' || type === 'listed');
  expect(first.type).toBe('building');
  expect(await next.ended, next.output()).toBe(0);
  expect(next.output()).not.toContain('SQL_LOAD_CONTINUED');
});

/** Kills a first copy once it has written contacts. */
async function killedLoad(engine: (typeof KEYLESS)[number]) {
  const simulator = await startSimulator({ contacts: CONTACTS });
  onTestFinished(() => simulator.close());
  const targets = await openTargets(engine);
  onTestFinished(() => targets[Symbol.asyncDispose]());
  const target: CopyTarget = await targets.create();
  const { campaign, token, url } = simulator;
  const options = { mode: 'db_init', campaign, token, 'api-url': url, url: target.url, lease: 2 };
  const start = (more: Record<string, string>) => startDbsync({ ...options, ...more });
  const killed = start({});
  await killed.next(({ type, part, done }) => type === 'progress' && part === 'listing' && Number(done) > 0);
  killed.kill('SIGKILL');
  expect(await killed.ended).toBe('SIGKILL');
  return { simulator, target, start };
}
