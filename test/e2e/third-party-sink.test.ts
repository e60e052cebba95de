import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSink } from '@dbsync/core';
import { isSinkError } from '@dbsync/core/contract';
import { startSimulator } from '@dbsync/simulator';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../harness/command/command-run.ts';
import { truthLines } from '../harness/compare/truth-source.ts';
import { startDbsync } from '../harness/dbsync-child.ts';
import { packageManager } from '../harness/packed-packages.ts';
import { mustRun } from '../harness/run-program.ts';

const root = join(import.meta.dirname, '../..');
const fixture = join(root, 'test/fixtures/third-party-sink');

/**
 * A sink of a third party, written outside of the workspace, as a user gets it: packed, and installed beside a packed
 * core and testkit.
 */
describe('a sink of a third party', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-third-party-'));
  const home = join(folder, 'home');

  beforeAll(async () => {
    for (const packed of [join(root, 'packages/core'), join(root, 'packages/testkit'), fixture]) {
      await mustRun('npx', ['-y', packageManager, 'pack', '--pack-destination', folder], { cwd: packed });
    }
    mkdirSync(home);
    writeFileSync(join(home, 'package.json'), '{ "name": "home", "private": true, "type": "module" }\n');
    const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    expect(tarballs).toHaveLength(3);
    const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    await mustRun('npm', [...args, ...tarballs.map((name) => join(folder, name))], { cwd: home });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("keeps every promise of a store, by its author's own tests", async () => {
    cpSync(join(fixture, 'test'), join(home, 'test'), { recursive: true });
    const output = await mustRun(process.execPath, ['--test', '--test-reporter=tap'], { cwd: home });
    expect(Number(/^# pass (\d+)$/m.exec(output)?.[1])).toBeGreaterThan(50);
    expect(output).toMatch(/^# fail 0$/m);
  });

  it('is written against types that resolve where it is written', async () => {
    cpSync(fixture, join(home, 'author'), { recursive: true });
    const types = join(root, 'node_modules/@types');
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    expect(await mustRun(process.execPath, [tsc, '-p', '.', '--typeRoots', types], { cwd: join(home, 'author') })).toBe(
      '',
    );
  });

  it('is found by its scheme, and speaks to a core of another copy', async () => {
    const signal = AbortSignal.timeout(60_000);
    const url = `jsonl:${join(folder, 'loaded')}?sync=false`;
    const loaded = await loadSink({ url, from: join(home, 'bin.js'), notify: () => {} });
    if (loaded.kind !== 'store') throw new TypeError('it should be a store');
    const { store, packageName, errorCodes } = loaded;
    expect(packageName).toBe('dbsync-sink-jsonl');
    expect(Object.keys(errorCodes)).toContain('JSONL_FENCED');
    await store.open({ signal });
    await store.declareFields([], { signal });
    const process = { host: 'h', bootId: 'b', pid: 1, startedAt: '2026-03-02T08:00:00.000Z' };
    const answer = await store.claim('S', 'plan', { signal, leaseMs: 60_000, process });
    if (!answer.granted) throw new Error('a fresh stream is free');
    await store.release(answer.claim, { signal });
    const stale = await store.renew(answer.claim, { signal }).catch((error: unknown) => error);
    expect(isSinkError(stale) && stale.verdict).toBe('fenced');
    await store.close();
  });

  it('takes a whole campaign from the command line', async () => {
    const simulator = await startSimulator({ contacts: 300, hostileEvery: 20 });
    onTestFinished(() => simulator.close());
    const { campaign, token, url } = simulator;
    const target = join(folder, 'copied');
    const options = { mode: 'db_init', campaign, token, 'api-url': url, 'plugin-dir': home };
    const copying = startDbsync({ ...options, url: `jsonl:${target}`, 'jsonl-sync': 'false' });
    expect(await copying.ended, copying.output().slice(-2_000)).toBe(0);
    expect(rowsIn(target)).toEqual(await rowsOfTruth(`${url}/__truth`));
  });

  it('is tested by its user, and leaves nothing behind', async () => {
    const target = join(folder, 'tested');
    using run = runCommand(['plugins', 'test', '--json', '--plugin-dir', home, '--url', `jsonl:${target}`]);
    expect(await run.ended, run.stdout()).toBe(0);
    const report = JSON.parse(run.stdout());
    expect(report).toMatchObject({
      type: 'plugin-test',
      package: 'dbsync-sink-jsonl',
      target: `jsonl:${target}`,
      failed: [],
    });
    expect(report.passed.length).toBeGreaterThan(50);
    expect(report.notRun).toContainEqual({ name: expect.any(String), reason: 'needs network' });
    expect(existsSync(target)).toBe(false);
  });

  it('is not tested on a target that holds something, which stays as it is', async () => {
    const target = join(folder, 'used');
    mkdirSync(target);
    writeFileSync(join(target, 'mine.txt'), 'mine');
    using run = runCommand(['plugins', 'test', '--plugin-dir', home, '--url', `jsonl:${target}`]);
    expect(await run.ended).toBe(2);
    expect(run.stdout()).toContain(`CLI_TEST_TARGET_USED: jsonl:${target} is not empty: it holds mine.txt.`);
    expect(readdirSync(target)).toEqual(['mine.txt']);
  });

  it('fails the test where it breaks a promise', async () => {
    const bad = join(folder, 'bad');
    cpSync(home, bad, { recursive: true, verbatimSymlinks: true });
    const entry = join(bad, 'node_modules/dbsync-sink-jsonl/src/index.js');
    const good = readFileSync(entry, 'utf8');
    // The broken sink knows no version of a contact.
    writeFileSync(
      entry,
      good
        .replace('return createJsonlStore(', 'return unknowing(createJsonlStore(')
        .replace('    notify,\n  });', '    notify,\n  }));'),
    );
    writeFileSync(
      entry,
      `${readFileSync(entry, 'utf8')}\nconst unknowing = (store) => ({ ...store, readVersions: async () => new Map() });\n`,
    );
    const target = join(folder, 'tested-bad');
    using run = runCommand(['plugins', 'test', '--plugin-dir', bad, '--url', `jsonl:${target}`]);
    expect(await run.ended, run.stdout()).toBe(1);
    expect(run.stdout()).toMatch(/^failed: /m);
    expect(run.stdout()).toMatch(/CLI_CONFORMANCE_FAILED: \d+ cases failed\./);
    expect(existsSync(target)).toBe(false);
  });

  it('stands in the list of plugins, with its origin', async () => {
    using run = runCommand(['plugins', 'list', '--json', '--plugin-dir', home]);
    expect(await run.ended).toBe(0);
    const { type, plugins, unusable } = JSON.parse(run.stdout());
    expect([type, unusable]).toEqual(['plugins', []]);
    expect(plugins).toContainEqual({
      package: 'dbsync-sink-jsonl',
      version: '0.1.0',
      sinkApi: 1,
      isOfficial: false,
      schemes: ['jsonl'],
      path: expect.stringContaining('dbsync-sink-jsonl'),
    });
    expect(plugins).toContainEqual(expect.objectContaining({ package: '@dbsync/sink-sqlite', isOfficial: true }));
    using words = runCommand(['plugins', 'list', '--plugin-dir', home]);
    expect(await words.ended).toBe(0);
    expect(words.stdout()).toContain('dbsync-sink-jsonl 0.1.0, of a third party\n  serves    jsonl:\n');
  });
});

async function rowsOfTruth(url: string): Promise<readonly string[]> {
  const rows: string[] = [];
  for await (const line of truthLines(url)) if (line.table !== 'dead_letters') rows.push(`${line.table} ${line.id}`);
  return rows.sort();
}

function rowsIn(target: string): readonly string[] {
  const lines = readdirSync(target).flatMap((file) => readFileSync(join(target, file), 'utf8').split('\n'));
  const rows = lines.filter((line) => line.startsWith('{"kind":"row"')).map((line) => JSON.parse(line).row);
  return [...new Set(rows.map(({ table, id }) => `${table} ${id}`))].sort();
}
