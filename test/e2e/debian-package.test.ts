import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildDebianPackage } from '../../scripts/package/debian-package.ts';
import { dpkgFor, makeDebianRoot } from '../harness/debian-root.ts';
import { manifestOf } from '../harness/packed-packages.ts';
import { mustRun, runProgram } from '../harness/run-program.ts';
import { hasCommand } from '../harness/servers/debian-tools.ts';

const { version } = manifestOf('packages/cli');
const EPOCH = Date.UTC(2026, 0, 2) / 1_000;

describe.runIf(hasCommand('dpkg-deb') && process.arch === 'x64')('the package for Debian', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-deb-'));
  /** The root of another machine. */
  const root = join(folder, 'root');
  const at = (path: string) => join(root, path);
  const dbsync = (...args: readonly string[]) => mustRun(at('usr/bin/dbsync'), args, { cwd: folder });
  let file = '';

  beforeAll(async () => {
    file = await build('first');
    makeDebianRoot(root);
    await dpkg('--install', file);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function build(name: string): Promise<string> {
    const options = { architecture: 'amd64', version, epoch: EPOCH, compression: 'none' } as const;
    return buildDebianPackage({ ...options, to: join(folder, name), draft: join(folder, 'draft') });
  }

  function dpkg(...args: readonly string[]): Promise<string> {
    const [command, ...words] = dpkgFor(root);
    return mustRun(command, [...words, ...args], { cwd: folder });
  }

  it('has the same bytes when it is built again', async () => {
    const mask = process.umask(0o077);
    onTestFinished(() => void process.umask(mask));
    expect(sumOf(await build('second'))).toBe(sumOf(file));
  });

  it('says what it is and what it needs, and which files an administrator may change', async () => {
    const control = await mustRun('dpkg-deb', ['--field', file], { cwd: folder });
    expect(control).toContain(`Version: ${version}\n`);
    expect(control).toMatch(/^Depends: libc6 .*libstdc\+\+6/m);
    expect(Number(/^Installed-Size: (\d+)$/m.exec(control)?.[1])).toBeGreaterThan(100_000);
    const listed = await mustRun('dpkg-deb', ['--contents', file], { cwd: folder });
    expect(listed).toMatch(/root\/root .* \.\/usr\/bin\/dbsync$/m);
    expect(listed).not.toMatch(/\.tsbuildinfo$|\.d\.ts$|\.test\.js$/m);
    const admin = [`--admindir=${at('var/lib/dpkg')}`];
    const status = await mustRun('dpkg-query', [...admin, '--status', 'dbsync'], { cwd: folder });
    expect(status).toContain('/etc/logrotate.d/dbsync');
    expect(status).toContain('/etc/dbsync/README');
  });

  it('needs no library beyond those that it names', async () => {
    const { stdout } = await runProgram('ldd', [at('usr/lib/dbsync/node')], { cwd: folder });
    const OF_LIBC = /^(?:linux-vdso|libdl|libm|libpthread|libc|libgcc_s|libstdc\+\+|\/lib64\/ld-linux)/;
    expect(
      stdout
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '' && !OF_LIBC.test(line)),
    ).toEqual([]);
  });

  it('brings its own Node.js, the command, the manual page, completions and the unit', async () => {
    expect((await dbsync('--version')).trim()).toBe(version);
    for (const path of [
      'usr/share/man/man1/dbsync.1.gz',
      'usr/share/bash-completion/completions/dbsync',
      'usr/share/zsh/vendor-completions/_dbsync',
      'usr/share/fish/vendor_completions.d/dbsync.fish',
      'usr/share/doc/dbsync/copyright',
    ]) {
      expect(statSync(at(path)).size, path).toBeGreaterThan(500);
    }
    const unit = readFileSync(at('usr/lib/systemd/system/dbsync@.service'), 'utf8');
    expect(unit).toContain('ExecStart=/usr/bin/dbsync --campaign %i ');
  });

  it('has all sinks, and copies a campaign', async () => {
    const { plugins } = JSON.parse(await dbsync('plugins', 'list', '--json'));
    const names = plugins.map(({ package: name }: { package: string }) => name).sort();
    const sinks = globSync('sink-*', { cwd: join(import.meta.dirname, '../../packages') });
    expect(sinks.length).toBeGreaterThan(4);
    expect(names).toEqual(sinks.sort().map((name) => manifestOf(`packages/${name}`).name));
    const { campaign, token, url, close } = await startSimulator({ contacts: 3 });
    onTestFinished(close);
    const what = ['--mode', 'db_init', '--campaign', campaign, '--token', token, '--api-url', url];
    const printed = await dbsync(...what, '--url', 'sqlite:calls.db', '--log-dir', join(folder, 'logs'));
    expect(printed).toMatch(/contacts +3, all complete/);
  });

  it('takes sinks of others from the folder of --plugin-dir', async () => {
    const sink = join(folder, 'plugins/node_modules/dbsync-sink-odd');
    mkdirSync(sink, { recursive: true });
    const manifest = { sinkApi: 1, schemes: ['odd'], entry: './index.js', options: {} };
    writeFileSync(
      join(sink, 'package.json'),
      JSON.stringify({ name: 'dbsync-sink-odd', version: '1.0.0', dbsync: manifest }),
    );
    expect(await dbsync('plugins', 'list', '--plugin-dir', join(folder, 'plugins'))).toContain('dbsync-sink-odd');
  });

  it.runIf(hasCommand('systemctl'))('lets dbsync service install use the unit of the package', async () => {
    const secrets = ['--token', 'T', '--url', 'sqlite:/var/lib/dbsync/C1.db'];
    await dbsync('service', 'install', '--root', root, '--c', 'C1', ...secrets);
    expect(existsSync(at('etc/systemd/system/dbsync@.service'))).toBe(false);
    expect(await dbsync('service', 'status', '--root', root, '--c', 'C1')).toContain('enabled');
  });

  it('is removed without the settings, and purged with them, the logs and the state', async () => {
    for (const path of ['etc/dbsync', 'var/lib/dbsync', 'var/log/dbsync']) mkdirSync(at(path), { recursive: true });
    for (const path of ['etc/dbsync/C1.token', 'var/lib/dbsync/C1.sqlite', 'var/log/dbsync/C1.log']) {
      writeFileSync(at(path), 'x');
    }
    await dpkg('--remove', 'dbsync');
    expect(existsSync(at('usr/lib/dbsync'))).toBe(false);
    for (const path of ['etc/dbsync/C1.token', 'etc/logrotate.d/dbsync', 'var/lib/dbsync/C1.sqlite']) {
      expect(existsSync(at(path)), path).toBe(true);
    }
    await dpkg('--purge', 'dbsync');
    for (const path of ['etc/dbsync', 'etc/logrotate.d/dbsync', 'var/lib/dbsync', 'var/log/dbsync']) {
      expect(existsSync(at(path)), path).toBe(false);
    }
  });
});

function sumOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
