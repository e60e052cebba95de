import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageManager, packPackages } from '../harness/packed-packages.ts';
import { mustRun } from '../harness/run-program.ts';
import { type PackageRegistry, startPackageRegistry } from '../harness/servers/package-registry.ts';

const YARN = '@yarnpkg/cli-dist@4.18.1';

let folder = '';
let registry: PackageRegistry;
let simulator: Simulator;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dbsync-managers-'));
  mkdirSync(join(folder, 'tarballs'));
  await packPackages(join(folder, 'tarballs'));
  registry = await startPackageRegistry(join(folder, 'tarballs'));
  simulator = await startSimulator({ contacts: 3 });
});

afterAll(async () => {
  await Promise.all([registry.close(), simulator.close()]);
  rmSync(folder, { recursive: true, force: true });
});

it('finds a sink that pnpm added to its global store after the command', async () => {
  const home = join(folder, 'pnpm');
  const bin = join(home, 'bin');
  mkdirSync(home);
  writeFileSync(join(home, 'npmrc'), `@dbsync:registry=${registry.url}/\n`);
  const variables = {
    PNPM_HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    npm_config_userconfig: join(home, 'npmrc'),
    PATH: [bin, process.env.PATH].join(delimiter),
  };
  const add = (name: string) =>
    mustRun('npx', ['-y', packageManager, 'add', '--global', name], { cwd: home, variables });
  const copy = () => mustRun(join(bin, 'dbsync'), copying(home), { cwd: home, variables });
  await add('@dbsync/cli');
  await expect(copy()).rejects.toThrow('SINK_NOT_INSTALLED');
  await add('@dbsync/sink-sqlite');
  expect(await copy()).toMatch(/contacts +3, all complete/);
});

it('finds a sink that Yarn installed without a node_modules', async () => {
  const home = join(folder, 'yarn');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "name": "home", "private": true }\n');
  writeFileSync(join(home, 'yarn.lock'), '');
  const settings = [
    `npmScopes: { dbsync: { npmRegistryServer: "${registry.url}" } }`,
    'unsafeHttpWhitelist: ["127.0.0.1"]',
    'enableTelemetry: false',
    `globalFolder: ${JSON.stringify(join(home, 'global'))}`,
  ];
  writeFileSync(join(home, '.yarnrc.yml'), `${settings.join('\n')}\n`);
  const yarn = (...args: readonly string[]) => mustRun('npx', ['-y', YARN, ...args], { cwd: home });
  await yarn('add', '@dbsync/cli', '@dbsync/core');
  await expect(yarn('dbsync', ...copying(home))).rejects.toThrow('SINK_NOT_INSTALLED');
  await yarn('add', '@dbsync/sink-sqlite');
  expect(await yarn('dbsync', ...copying(home))).toMatch(/contacts +3, all complete/);
});

/** Returns the options that copy the simulated campaign into a file of SQLite. */
function copying(home: string): readonly string[] {
  const { campaign, token, url } = simulator;
  const target = ['--url', `sqlite:${join(home, 'calls.db')}`];
  return [
    '--a',
    'db_init',
    '--c',
    campaign,
    '--ct',
    token,
    ...target,
    '--api-url',
    url,
    '--log-dir',
    join(home, 'logs'),
  ];
}
