import {
  existsSync,
  mkdirSync,
  mkdtempDisposableSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runHere } from '../harness/command/command-here.ts';
import { mustRun } from '../harness/run-program.ts';
import { hasCommand } from '../harness/servers/debian-tools.ts';
import { windowsArgv } from '../harness/windows-argv.ts';

const PROGRAM = '/usr/bin/env';
const SECRETS = ['--token', 'the-token', '--url', 'postgres://dbsync:secret@db.example.com/calls'];
const UNIT = 'etc/systemd/system/dbsync@.service';

let folder: ReturnType<typeof mkdtempDisposableSync>;
beforeEach(() => {
  folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-service-'));
});
afterEach(() => folder.remove());

const at = (path: string) => join(folder.path, path);
const textOf = (path: string) => readFileSync(at(path), 'utf8');

/** Runs `dbsync service ACTION` below the folder of the test, without the options of its environment. */
function service(action: string, ...words: readonly string[]) {
  const where = ['--root', folder.path, '--program', PROGRAM];
  return runHere(['service', action, ...where, ...words], { DBSYNC_LOG_DIR: '' });
}

const install = (...words: readonly string[]) =>
  service('install', '--manager', 'systemd', '--c', 'C1', ...SECRETS, ...words);

describe.runIf(hasCommand('systemctl'))('dbsync service install, for systemd', () => {
  it('writes the unit, the options and the secrets, enables the instance, and says so', async () => {
    const { code, stdout } = await install('--a', 'webhook', '--webhook-rate', '3', '--filter-prefix', 'fc_,q $c "x"');
    expect(stdout).toContain(`write ${at(UNIT)}`);
    expect(code, stdout).toBe(0);
    expect(textOf(UNIT)).toContain(`ExecStart=${PROGRAM} --campaign %i --token-file %d/token --url-file %d/url\n`);
    expect(textOf('etc/dbsync/C1.env').split('\n').slice(2)).toEqual([
      'DBSYNC_FILTER_PREFIX="fc_,q \\$c \\"x\\""',
      'DBSYNC_MODE=webhook',
      'DBSYNC_WEBHOOK_RATE=3',
      '',
    ]);
    expect(textOf('etc/dbsync/C1.token')).toBe('the-token\n');
    expect(textOf('etc/dbsync/C1.url')).toBe(`${SECRETS[3]}\n`);
    for (const name of ['token', 'url']) expect(statSync(at(`etc/dbsync/C1.${name}`)).mode & 0o777).toBe(0o600);
    expect(readlinkSync(at('etc/systemd/system/multi-user.target.wants/dbsync@C1.service'))).toBe(`/${UNIT}`);
    expect(stdout).not.toMatch(/the-token|secret/);
  });

  it('leaves the language of the person who calls out of the service', async () => {
    const { code, stdout } = await install('--interval', '30', '--lang', 'es');
    expect(code, stdout).toBe(0);
    expect(textOf('etc/dbsync/C1.env')).toContain('DBSYNC_INTERVAL=30');
    expect(textOf('etc/dbsync/C1.env')).not.toContain('LANG');
  });

  it('changes the options at the next call, and takes files that it wrote', async () => {
    await install('--interval', '30');
    const { code, stdout } = await install('--interval', '120');
    expect(code, stdout).toBe(0);
    expect(textOf('etc/dbsync/C1.env')).toContain('DBSYNC_INTERVAL=120');
  });

  it.each([UNIT, 'etc/dbsync/C1.env'])('leaves %s alone where it did not write it, unless forced', async (path) => {
    mkdirSync(at(join(path, '..')), { recursive: true });
    writeFileSync(at(path), '# by hand\n');
    const refused = await install();
    expect(refused).toMatchObject({ code: 2, stdout: expect.stringContaining('CLI_SERVICE_FOREIGN') });
    expect(textOf(path)).toBe('# by hand\n');
    expect(existsSync(at('etc/dbsync/C1.token'))).toBe(false);
    expect((await install('--force')).code).toBe(0);
    expect(textOf(path)).not.toBe('# by hand\n');
  });

  it('leaves a unit alone that was changed after it was written, and a secret of another value', async () => {
    await install();
    writeFileSync(at(UNIT), textOf(UNIT).replace('MemoryMax=1G', 'MemoryMax=2G'));
    expect((await install()).stdout).toContain('CLI_SERVICE_FOREIGN');
    writeFileSync(at('etc/dbsync/C1.token'), 'another\n');
    const { stdout } = await install();
    expect(stdout).toContain('CLI_SERVICE_FOREIGN');
    expect(stdout).not.toContain('another\n');
  });

  it('uses the unit that a package brings', async () => {
    mkdirSync(at('usr/lib/systemd/system'), { recursive: true });
    writeFileSync(
      at('usr/lib/systemd/system/dbsync@.service'),
      '# of the package\n[Install]\nWantedBy=multi-user.target\n',
    );
    expect((await install()).code).toBe(0);
    expect(existsSync(at(UNIT))).toBe(false);
  });

  it('does nothing with --dry-run, and says what it would do', async () => {
    const { code, stdout } = await install('--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain(`would write ${at(UNIT)}`);
    expect(existsSync(at('etc'))).toBe(false);
  });

  it('is undone by uninstall, which keeps the secrets and the unit of other campaigns', async () => {
    await install();
    await service('install', '--manager', 'systemd', '--c', 'C2', ...SECRETS);
    const uninstall = (campaign: string) => service('uninstall', '--manager', 'systemd', '--c', campaign);
    expect((await service('status', '--manager', 'systemd', '--c', 'C1')).code).toBe(0);
    expect((await uninstall('C1')).stdout).toContain('stays: other campaigns use it');
    expect(existsSync(at('etc/dbsync/C1.env'))).toBe(false);
    expect(existsSync(at('etc/dbsync/C1.token'))).toBe(true);
    expect((await service('status', '--manager', 'systemd', '--c', 'C1')).code).toBe(7);
    expect((await uninstall('C2')).code).toBe(0);
    expect(existsSync(at(UNIT))).toBe(false);
    expect((await uninstall('C2')).code).toBe(0);
  });
});

describe.runIf(hasCommand('systemctl'))('dbsync service with a file of campaigns', () => {
  const manage = (action: string, ...words: readonly string[]) =>
    service(action, '--manager', 'systemd', '--config', at('calls.yaml'), ...words);
  beforeEach(() => {
    const target = 'url: "sqlite:calls.db"';
    writeFileSync(
      at('calls.yaml'),
      `campaigns:\n  - { name: calls, campaign: C1, mode: db_sync, token-credential: dbsync_calls.token, ${target} }\n`,
    );
  });

  it('makes one unit for all of them, in any language of the person who calls, and takes it away again', async () => {
    const { code, stdout } = await manage('install', '--lang', 'es');
    expect(code, stdout).toBe(0);
    expect(textOf('etc/systemd/system/dbsync.service')).toContain(
      `ExecStart=${PROGRAM} run --config ${at('calls.yaml')}\n`,
    );
    expect(statSync(at('etc/dbsync/secrets')).mode & 0o777).toBe(0o700);
    expect((await manage('status')).code).toBe(0);
    expect((await manage('uninstall')).code).toBe(0);
    expect(existsSync(at('etc/systemd/system/dbsync.service'))).toBe(false);
    expect((await manage('status')).code).toBe(7);
  });

  it('refuses a file with an error, options beside it, and other managers', async () => {
    expect((await manage('install', '--interval', '30')).stdout).toContain('CLI_OPTION_CONFLICT');
    const other = await service('install', '--manager', 'windows', '--config', at('calls.yaml'));
    expect(other.stdout).toContain('CLI_SERVICE_UNFIT');
    writeFileSync(at('calls.yaml'), 'campains: []\n');
    expect((await manage('install')).stdout).toContain('CLI_CONFIG');
    expect(existsSync(at('etc/systemd'))).toBe(false);
  });
});

describe('dbsync service, for every manager', () => {
  it.each(['systemd', 'launchd', 'windows'])(
    'refuses with a code what a run under %s would refuse',
    async (manager) => {
      const call = async (...words: readonly string[]) =>
        (await service('install', '--manager', manager, '--service-user', 'calls', ...words)).stdout;
      expect(await call(...SECRETS)).toContain('CLI_OPTION_MISSING');
      expect(await call('--c', 'a/b', ...SECRETS)).toContain('CLI_OPTION_VALUE');
      expect(await call('--c', 'C1', ...SECRETS, '--a', 'db_init')).toContain('CLI_OPTION_VALUE');
      expect(await call('--c', 'C1', ...SECRETS, '--interval', 'soon')).toContain('CLI_OPTION_VALUE');
      const secret = await call('--c', 'C1', ...SECRETS, '--proxy', 'http://user:hidden@proxy.example.com:3128');
      expect(secret).toContain('CLI_SERVICE_UNFIT');
      expect(secret).not.toContain('hidden');
      expect(existsSync(at('etc')) || existsSync(at('Library')) || existsSync(at('ProgramData'))).toBe(false);
    },
  );

  it('prints the unit alone, and with a campaign all files without secrets', async () => {
    const unit = await service('print', '--manager', 'systemd');
    expect(unit.stdout).toMatch(/^# One instance a campaign/);
    const all = await service('print', '--manager', 'systemd', '--c', 'C1', ...SECRETS, '--interval', '30');
    expect(all.stdout).toContain('==> /etc/dbsync/C1.env <==');
    expect(all.stdout).toContain('DBSYNC_INTERVAL=30');
    expect(all.stdout).not.toMatch(/the-token|secret@/);
    expect(existsSync(at('etc'))).toBe(false);
  });
});

describe.runIf(hasCommand('python3'))('the files for other systems', () => {
  const ODD = ['--filter-prefix', 'a&b <c> "d" \\', '--webhook-accept-if-contains', 'X: \\"y\\" z\\\\'];

  it('are a property list that a parser reads, with the options as they were given', async () => {
    const done = await service(
      'install',
      '--manager',
      'launchd',
      '--service-user',
      'calls',
      '--c',
      'C1',
      ...SECRETS,
      ...ODD,
    );
    expect(done.code, done.stdout).toBe(0);
    const list = await parsed('import plistlib; json.dump(plistlib.load(open(sys.argv[1], "rb")), sys.stdout)', [
      at('Library/LaunchDaemons/dbsync.C1.plist'),
    ]);
    const files = ['--token-file', '/usr/local/etc/dbsync/C1.token', '--url-file', '/usr/local/etc/dbsync/C1.url'];
    expect(list).toMatchObject({
      Label: 'dbsync.C1',
      ProgramArguments: [PROGRAM, '--campaign', 'C1', ...files],
      EnvironmentVariables: {
        DBSYNC_MODE: 'db_sync',
        DBSYNC_FILTER_PREFIX: ODD[1],
        DBSYNC_WEBHOOK_ACCEPT_IF_CONTAINS: ODD[3],
      },
      UserName: 'calls',
      KeepAlive: { SuccessfulExit: false },
      Umask: 0o077,
    });
    expect(textOf('usr/local/etc/dbsync/C1.token')).toBe('the-token\n');
    expect((await service('uninstall', '--manager', 'launchd', '--c', 'C1')).code).toBe(0);
    expect(existsSync(at('Library/LaunchDaemons/dbsync.C1.plist'))).toBe(false);
  });

  it('are a task that a parser reads, from whose command line Windows reads the options as they were given', async () => {
    const done = await service('install', '--manager', 'windows', '--c', 'C1', ...SECRETS, ...ODD);
    expect(done.code, done.stdout).toBe(0);
    const file = at('ProgramData/dbsync/C1.task.xml');
    const find = 'import xml.etree.ElementTree as E; r = E.parse(sys.argv[1]).getroot()';
    const dump = 'json.dump({e.tag.split("}")[1]: e.text for e in r.iter()}, sys.stdout)';
    const task = await parsed(`${find}; ${dump}`, [file]);
    expect(task).toMatchObject({ Command: PROGRAM, UserId: 'S-1-5-19', ExecutionTimeLimit: 'PT0S' });
    const words = windowsArgv(String(task.Arguments));
    expect(words).toContain(`--filter-prefix=${ODD[1]}`);
    expect(words).toContain(`--webhook-accept-if-contains=${ODD[3]}`);
    expect(words).toContain('--token-file=C:\\ProgramData\\dbsync\\C1.token');
    expect(JSON.stringify(task)).not.toMatch(/the-token|secret@/);
    expect((await service('uninstall', '--manager', 'windows', '--c', 'C1')).code).toBe(0);
    expect(existsSync(file)).toBe(false);
  });
});

/** Runs a line of Python that prints JSON. */
async function parsed(line: string, args: readonly string[]): Promise<Record<string, unknown>> {
  return JSON.parse(await mustRun('python3', ['-c', `import json, sys; ${line}`, ...args], { cwd: folder.path }));
}
