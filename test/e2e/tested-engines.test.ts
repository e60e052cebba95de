import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadTestedStore } from '@dbsync/core/cli-kit';
import { type StoreSubject, storeCases } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { storeSubject } from '../../packages/cli/src/commands/plugins/store-subject.ts';
import { runCommand } from '../harness/command/command-run.ts';
import { STORE_OFFERS } from '../harness/store-offers.ts';
import { DISTINCT_ENGINES, openTargets } from '../harness/targets.ts';

/** The cases that compare what is read in a empty with what was written; the whole suite takes minutes on a server. */
const READING = /^(?:a contact and all records below it|any (?:text|time|JSON)|fields of any name|a stale writer)/;

it('sqlite: plugins test runs the suite in an empty database, and leaves nothing behind', async () => {
  await using targets = await openTargets('sqlite');
  await using target = await targets.create();
  using run = runCommand(['plugins', 'test', '--json', '--url', target.url]);
  const code = await run.ended;
  const [report = {}] = run
    .stdout()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(report.failed, run.stdout()).toEqual([]);
  expect(code).toBe(0);
  expect(report.passed.length).toBeGreaterThan(70);
  expect(existsSync(target.url.slice('sqlite:'.length))).toBe(false);
}, 300_000);

for (const engine of DISTINCT_ENGINES.filter((name) => name !== 'sqlite')) {
  it(`${engine}: cases find in their places what they wrote, and leave nothing behind`, async () => {
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const from = fileURLToPath(import.meta.url);
    const tested = await loadTestedStore({ url: target.url, from, notify: () => {} });
    const cases = storeCases.filter(({ name, needs }) => READING.test(name) && needs !== 'network');
    expect(cases.length).toBeGreaterThan(4);
    const subject = storeSubject(tested) as unknown as StoreSubject;
    for (const { run } of cases) await run(subject);
    const empty = await subject.createTarget();
    expect(empty).toMatchObject({ ...STORE_OFFERS, loads: true });
    await empty.remove();
    expect(await tested.targets.contents({ signal: new AbortController().signal })).toEqual([]);
    await tested.targets.close();
  });
}

it('sends users of web services to the sample', async () => {
  using run = runCommand(['plugins', 'test', '--url', 'https://crm.example.com/hook']);
  expect(await run.ended).toBe(2);
  expect(run.stdout()).toContain('PLUGIN_NOT_TESTABLE');
  expect(run.stdout()).toContain('dbsync webhook test');
});
