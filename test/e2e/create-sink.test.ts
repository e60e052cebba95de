import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { TOOLS } from '../../packages/create-dbsync-sink/src/manifest-of.ts';
import { packPackages } from '../harness/packed-packages.ts';
import { mustRun, runProgram } from '../harness/run-program.ts';
import { type PackageRegistry, startPackageRegistry } from '../harness/servers/package-registry.ts';

const INSTALL = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];

describe('npm create dbsync-sink, from tarballs in an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-create-'));
  const [tarballs, home] = [join(folder, 'tarballs'), join(folder, 'home')];
  const bin = join(home, 'node_modules/.bin');
  let registry: PackageRegistry;

  beforeAll(async () => {
    for (const path of [tarballs, home]) mkdirSync(path);
    await packPackages(tarballs);
    registry = await startPackageRegistry(tarballs);
    writeFileSync(join(home, 'package.json'), '{ "name": "home", "private": true }\n');
    writeFileSync(join(home, '.npmrc'), `@dbsync:registry=${registry.url}/\n`);
    const tarball = readdirSync(tarballs).find((name) => name.startsWith('create-dbsync-sink-')) ?? '';
    await mustRun('npm', [...INSTALL, '@dbsync/cli', join(tarballs, tarball)], { cwd: home });
  });
  afterAll(async () => {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const create = (parent: string, ...args: readonly string[]) =>
    runProgram(join(bin, 'create-dbsync-sink'), args, { cwd: parent });

  /** Creates a sink in a folder of its own, and installs it there; its `prepare` script builds it. */
  async function created(kind: string, name: string, scheme: string): Promise<string> {
    const parent = join(folder, `made-${kind}`);
    mkdirSync(parent);
    const made = await create(parent, '--kind', kind, '--name', name, '--scheme', scheme);
    expect(made, made.stderr).toMatchObject({ status: 0 });
    const sink = join(parent, `dbsync-sink-${name}`);
    writeFileSync(join(sink, '.npmrc'), `@dbsync:registry=${registry.url}/\n`);
    await mustRun('npm', INSTALL, { cwd: sink });
    return sink;
  }

  it('writes a store that passes its own tests, and the command copies a campaign with it by its scheme', async () => {
    const sink = await created('store', 'colour', 'my-colour');
    await expectToPassItsTests(sink, 80);
    const { campaign, token, url, close } = await startSimulator({ contacts: 3 });
    onTestFinished(close);
    const what = ['--mode', 'db_init', '--campaign', campaign, '--token', token, '--api-url', url];
    const where = ['--plugin-dir', join(sink, '..'), '--url', 'my-colour:calls', '--log-dir', join(home, 'logs')];
    expect(await mustRun(join(bin, 'dbsync'), [...what, ...where], { cwd: home })).toMatch(/contacts +3, all complete/);
    const test = ['plugins', 'test', '--plugin-dir', join(sink, '..'), '--url', 'my-colour:empty'];
    const tested = await mustRun(join(bin, 'dbsync'), test, { cwd: home });
    expect(tested.replaceAll('\n', ' ')).toMatch(
      /^dbsync-sink-colour 0\.1\.0 on my-colour:empty: (\d\d) passed, 0 failed, \d+ not run\./,
    );
    const nameless = await runProgram(join(bin, 'dbsync'), [...what, ...where.with(3, 'my-colour:')], { cwd: home });
    expect(nameless).toMatchObject({ status: 2, stdout: expect.stringContaining('MY_COLOUR_NAME_MISSING') });
  });

  it('writes an endpoint that passes its own tests, and the command delivers to it by its scheme', async () => {
    const sink = await created('endpoint', 'queue', 'queue');
    await expectToPassItsTests(sink, 20);
    const args = ['webhook', 'test', '--plugin-dir', join(sink, '..'), '--url', 'queue:calls'];
    expect(await mustRun(join(bin, 'dbsync'), args, { cwd: home })).toContain('Accepted');
  });

  it('overwrites nothing, and exits with 2 on options that it cannot use', async () => {
    const parent = join(folder, 'full');
    mkdirSync(join(parent, 'dbsync-sink-a'), { recursive: true });
    writeFileSync(join(parent, 'dbsync-sink-a', 'notes.txt'), 'mine');
    const full = await create(parent, '--kind', 'store', '--name', 'a', '--scheme', 'a');
    expect(full).toMatchObject({ status: 2, stderr: expect.stringContaining('is not empty') });
    expect(readdirSync(join(parent, 'dbsync-sink-a'))).toEqual(['notes.txt']);
    expect(await create(parent, '--kind', 'store')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--name is missing'),
    });
    expect(await create(parent, '--colour', 'red')).toMatchObject({ status: 2 });
    expect(await create(parent, '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--scheme') });
  });
});

it('uses the tools of this repository', () => {
  const catalog = readFileSync(join(import.meta.dirname, '../../pnpm-workspace.yaml'), 'utf8').replaceAll('"', '');
  for (const [name, range] of Object.entries(TOOLS)) expect(catalog).toContain(`  ${name}: ${range.slice(1)}\n`);
});

async function expectToPassItsTests(sink: string, atLeast: number): Promise<void> {
  const output = await mustRun('npm', ['test'], { cwd: sink, variables: { NODE_OPTIONS: '--test-reporter=tap' } });
  expect(Number(/^# pass (\d+)$/m.exec(output)?.[1]), output.slice(-2_000)).toBeGreaterThan(atLeast);
  expect(output).toMatch(/^# fail 0$/m);
}
