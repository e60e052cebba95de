import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { manifestOf, packPackages } from '../harness/packed-packages.ts';
import { runProgram } from '../harness/run-program.ts';
import { type PackageRegistry, startPackageRegistry } from '../harness/servers/package-registry.ts';

const root = join(import.meta.dirname, '../..');
const packages = readdirSync(join(root, 'packages')).sort();
const bin = join(root, 'node_modules/.bin');
const sinks = [
  { name: 'sink-sqlite', scheme: 'sqlite', driver: null },
  { name: 'sink-postgres', scheme: 'postgres', driver: 'pg' },
  { name: 'sink-mysql', scheme: 'mysql', driver: 'mysql2' },
  { name: 'sink-mssql', scheme: 'sqlserver', driver: 'tedious' },
  { name: 'sink-webhook', scheme: 'https', driver: null },
  { name: 'sink-nats', scheme: 'nats', driver: '@nats-io/transport-node' },
] as const;

interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
}

describe('the packages, as they are published', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-packages-'));
  const tarball = (folderName: string) => {
    const { name, version } = manifestOf(`packages/${folderName}`);
    return join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  };

  let registry: PackageRegistry;
  beforeAll(async () => {
    await packPackages(folder);
    registry = await startPackageRegistry(folder);
  });
  afterAll(async () => {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Returns the packages that the command brings, by their folders below it. */
  async function shrinkwrapped(): Promise<readonly (readonly [installedAt: string, locked: LockedPackage])[]> {
    const file = 'package/npm-shrinkwrap.json';
    const { stdout } = await runProgram('tar', ['-xzOf', tarball('cli'), file], { cwd: folder });
    const { packages: locked } = JSON.parse(stdout) as { readonly packages: Record<string, LockedPackage> };
    return Object.entries(locked).filter(([installedAt]) => installedAt !== '');
  }

  it('brings for the command the versions and the hashes of the lock file', async () => {
    const lock = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8').replaceAll("'", '');
    const locked = await shrinkwrapped();
    expect(locked.length).toBeGreaterThan(50);
    for (const [installedAt, { version, integrity }] of locked) {
      const name = installedAt.slice(installedAt.lastIndexOf('node_modules/') + 'node_modules/'.length);
      if (name === '@dbsync/core') expect(version).toBe(manifestOf('packages/core').version);
      else expect(lock).toContain(`  ${name}@${version}:\n    resolution: {integrity: ${integrity}}`);
    }
  });

  it.each(packages)('%s says what it is and what it needs', (name) => {
    const manifest = manifestOf(`packages/${name}`);
    expect(manifest).toMatchObject({
      name: name === 'create-dbsync-sink' ? name : `@dbsync/${name}`,
      license: 'MIT',
      type: 'module',
      engines: { node: '>=24' },
      publishConfig: { access: 'public' },
      description: expect.stringMatching(/^\w.{10,}[^.]$/),
      keywords: expect.arrayContaining(['dbsync', 'dialfire']),
      exports: expect.objectContaining({ './package.json': './package.json' }),
    });
  });

  it.each(packages)('%s is packed whole, without tests, and with the files of its list', async (name) => {
    const { stdout } = await runProgram('tar', ['-tzf', tarball(name)], { cwd: folder });
    const paths = stdout.trim().split('\n');
    for (const wanted of ['README.md', 'LICENSE', 'package.json']) expect(paths).toContain(`package/${wanted}`);
    expect(paths.some((path) => path.startsWith('package/dist/'))).toBe(true);
    const own = paths.filter((path) => !path.startsWith('package/templates/'));
    expect(own.filter((path) => /\.test\.|tsbuildinfo|\/src\//.test(path))).toEqual([]);
    const listed = [...new Set(paths.map(listedAs))].sort();
    await expect(`${listed.join('\n')}\n`).toMatchFileSnapshot(`packed-files/${name}.txt`);
  });

  it.each(packages)('%s pleases publint', async (name) => {
    const result = await runProgram(join(bin, 'publint'), ['run', tarball(name), '--strict', '--level', 'warning'], {
      cwd: root,
    });
    expect(result, result.stdout).toMatchObject({ status: 0 });
  });

  it.each(packages.filter(hasTypes))('%s has types that resolve', async (name) => {
    const args = [tarball(name), '--profile', 'esm-only', '--no-color', '--no-emoji'];
    const result = await runProgram(join(bin, 'attw'), args, { cwd: root });
    expect(result, result.stdout).toMatchObject({ status: 0 });
  });

  describe.each(sinks)('the command with $name alone, installed into an empty folder', ({ name, scheme, driver }) => {
    const home = join(folder, `home-of-${name}`);
    const dbsync = (...args: readonly string[]) =>
      runProgram(join(home, 'node_modules/.bin/dbsync'), args, { cwd: home });

    beforeAll(async () => {
      mkdirSync(home);
      writeFileSync(join(home, 'package.json'), '{ "name": "home", "private": true }\n');
      writeFileSync(join(home, '.npmrc'), `@dbsync:registry=${registry.url}/\n`);
      const wanted = ['@dbsync/cli', `@dbsync/${name}`];
      const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', ...wanted];
      const result = await runProgram('npm', args, { cwd: home });
      expect(result, result.stderr).toMatchObject({ status: 0 });
    });

    it('says its version and its options, and those of the sink beside it', async () => {
      expect((await dbsync('--version')).stdout.trim()).toBe(manifestOf('packages/cli').version);
      const help = await dbsync('--help');
      expect(help.status).toBe(0);
      expect(help.stdout).toContain('--campaign');
      expect(help.stdout).toContain(scheme);
    });

    it('goes by the name of the old client too', async () => {
      const old = await runProgram(join(home, 'node_modules/.bin/dbsync2'), ['--version'], { cwd: home });
      expect(old.stdout.trim()).toBe(manifestOf('packages/cli').version);
    });

    it('answers every other scheme with the line that installs its sink', async () => {
      for (const other of sinks.filter((sink) => sink.name !== name)) {
        const mode = isEndpoint(other.name) ? 'webhook' : 'db_init';
        const args = ['--mode', mode, '--campaign', 'CAMPAIGN', '--token', 'TOKEN'];
        const result = await dbsync(...args, '--url', `${other.scheme}://user:hidden@127.0.0.1/calls`);
        expect(result.status).toBe(3);
        expect(result.stdout).toContain(`npm install --global @dbsync/${other.name}`);
        expect(result.stdout + result.stderr).not.toContain('hidden');
      }
    });

    it('brings along no driver but its own', () => {
      const drivers = ['pg', 'mysql2', 'tedious', 'better-sqlite3', 'sqlite3', '@nats-io/transport-node'];
      const present = drivers.filter((candidate) => existsSync(join(home, 'node_modules', candidate)));
      expect(present).toEqual(driver === null ? [] : [driver]);
      expect(existsSync(join(home, 'node_modules/kysely'))).toBe(!isEndpoint(name));
    });

    it('has the versions that it was packed with', async () => {
      for (const [installedAt, { version }] of await shrinkwrapped()) {
        const manifest = join(home, 'node_modules/@dbsync/cli', installedAt, 'package.json');
        expect(JSON.parse(readFileSync(manifest, 'utf8')), installedAt).toMatchObject({ version });
      }
    });

    if (scheme !== 'sqlite') return;
    it('copies a campaign', async () => {
      const { campaign, token, url, close } = await startSimulator({ contacts: 3 });
      onTestFinished(close);
      const what = ['--mode', 'db_init', '--campaign', campaign, '--token', token, '--api-url', url];
      const { stdout } = await dbsync(...what, '--url', 'sqlite:calls.db', '--log-dir', join(home, 'logs'));
      expect(stdout).toMatch(/contacts +3, all complete/);
    });
  });
});

/** True for sinks that deliver messages. */
function isEndpoint(name: string): boolean {
  return name === 'sink-webhook' || name === 'sink-nats';
}

/** True for packages with types: of a package with only a command, others load no module. */
function hasTypes(name: string): boolean {
  const targets = Object.values(manifestOf(`packages/${name}`).exports as Readonly<Record<string, string | object>>);
  return targets.some((target) => typeof target === 'object' && 'types' in target);
}

/** Returns the line of a packed file in its list: parts of the bundle and declarations, which come and go with modules, share one. */
function listedAs(path: string): string {
  return path
    .replace(/^package\//, '')
    .replace(/^dist\/[\w-]+-[\w-]{8}\.js/, 'dist/PART-HASH.js')
    .replace(/^dist\/.+\.d\.ts/, 'dist/MODULE.d.ts');
}
