import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../../test/harness/command/command-run.ts';
import { createMemoryPlugin } from '../../../test/harness/command/memory-plugin.ts';

const TOKEN = 'canary-token-1';
const PASSWORD = 'canary/pass word"2';
const KEY = 'canary-key-3';

const plugin = createMemoryPlugin();
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ contacts: 300, token: TOKEN });
});
afterAll(async () => {
  await simulator.close();
  plugin[Symbol.dispose]();
});

function runMode(mode: string, ...more: readonly string[]) {
  const url = `memory://user:${encodeURIComponent(PASSWORD)}@host`;
  return runCommand(['--a', mode, '--c', simulator.campaign, '--ct', TOKEN, '--url', url, ...more], {
    DBSYNC_PLUGIN_DIR: plugin.folder,
    DBSYNC_API_URL: simulator.url,
    DBSYNC_MEMORY_KEY: KEY,
    DBSYNC_INTERVAL: '1',
  });
}

function expectNoSecret(text: string): void {
  expect(text).not.toMatch(/canary/i);
  expect(text).not.toContain('pass%20word');
}

describe('version', () => {
  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    using run = runCommand(['--version']);
    expect(await run.ended).toBe(0);
    expect(run.stdout()).toBe(`${version}\n`);
  });
});

describe('what is refused', () => {
  it.each([
    [[], 2, 'CLI_OPTION_MISSING: Not given: --mode (--a), --campaign (--c), --token (--ct), --url.'],
    [['--campain', 'A'], 2, 'CLI_OPTION_UNKNOWN: There is no option --campain. Did you mean --campaign?'],
    [['--a', 'db_sync', '--ct', '--url', 'x'], 2, 'CLI_OPTION_VALUE: The value of --token (--ct) is missing.'],
    [['canary-token-1'], 2, 'CLI_WORD_UNEXPECTED: A word of 14 letters belongs to no option.'],
    [['dead-leters'], 2, 'Did you mean dead-letters? Commands: dead-letters, --mode db_init'],
    [['db_ini'], 2, 'Did you mean --mode db_init? Commands: --mode db_init, --mode db_update'],
    [['help-me'], 2, 'Commands: --mode db_init, --mode db_update, --mode db_sync, --mode webhook, run'],
    [['dead-letters', 'show', '--c', 'A', '--url', 'x'], 2, 'CLI_OPTION_MISSING: dead-letters show needs keys'],
    [['--a', 'db_init', '--c', 'A', '--ct', 'T', '--url', 'nope://h'], 2, 'SINK_SCHEME_UNKNOWN'],
    [
      ['--a', 'db_init', '--log-dir', '/dev/null', '--c', 'A', '--ct', 'T', '--url', 'x:y'],
      3,
      'CLI_LOG_DIR_UNWRITABLE',
    ],
  ])('%j ends with %i and says so on stdout', async (argv, code, message) => {
    using run = runCommand(argv);
    expect(await run.ended).toBe(code);
    expect(run.stdout()).toContain(message);
    expect(run.stderr()).toBe('');
    expectNoSecret(run.stdout());
  });

  it('says which variable of the environment was probably meant', async () => {
    using run = runCommand(['--a', 'db_sync', '--ct', 'T', '--url', 'x'], { DBSYNC_CAMPAIN: 'A' });
    expect(await run.ended).toBe(2);
    expect(run.stdout()).toContain('Not given: --campaign (--c). DBSYNC_CAMPAIN is no option.');
  });

  it('is one line where Node.js is too old', () => {
    const older = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"22.1.0"})';
    const bin = join(import.meta.dirname, '..', 'bin', 'dbsync.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', older, bin, '--help'], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^dbsync needs Node\.js 24 or newer.*\n$/);
  });

  it('comes as an event with --json', async () => {
    using run = runCommand(['--json', '--campain=A']);
    expect(await run.ended).toBe(2);
    expect(JSON.parse(run.stdout())).toEqual({
      type: 'error',
      time: expect.stringContaining('T'),
      level: 'critical',
      code: 'CLI_OPTION_UNKNOWN',
      message: 'There is no option --campain. Did you mean --campaign?',
      remedy: expect.stringContaining('dbsync help options'),
      exit: 2,
    });
  });

  it('is reported with the code of the sink, without the secrets that its message holds', async () => {
    using created = runMode('db_init', '--memory-fail', 'create');
    expect(await created.ended).toBe(2);
    expect(created.stdout()).toContain('MEMORY_URL: The memory refuses *** "***"');
    using opened = runMode('db_init', '--memory-fail=open', '--v');
    expect(await opened.ended).toBe(3);
    expect(opened.stdout()).toContain('MEMORY_CLOSED: The memory refuses *** "***"\n  Open it.');
    for (const run of [created, opened]) expectNoSecret(run.stdout() + run.stderr() + run.logs());
  });
});

describe('a run', () => {
  it('copies, sums up, logs, ends with 0, and shows no secret anywhere', async () => {
    using run = runMode('db_init', '--p', '--l', '5');
    expect(await run.ended).toBe(0);
    expect(run.stdout()).toContain('CLI_OPTION_IDLE: --p has no effect');
    expect(run.stdout()).toContain('--metrics-port');
    expect(run.stdout()).toMatch(/\n {2}contacts +300, all complete/);
    expect(run.stdout()).not.toContain('\r');
    expect(run.logs()).toMatch(/Z NOTICE {3}db_init ended after .*: 300 contacts/);
    expectNoSecret(run.stdout() + run.stderr() + run.logs());
  });

  it.each([[[]], [['--json']]])('cuts a text of a million characters, with %j and in the log', async (flags) => {
    using run = runMode('db_init', '--memory-fail', 'long-notice', ...flags);
    expect(await run.ended).toBe(0);
    for (const text of [run.stdout(), run.logs()]) {
      expect(text).toContain('MEMORY_LONG');
      expect(text).toContain('xxx... (cut: 1000000 characters)');
      expect(text.length).toBeLessThan(30_000);
    }
  });

  it('with --json writes nothing but events', async () => {
    using run = runMode('db_init', '--json');
    expect(await run.ended).toBe(0);
    const lines = run
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const line of lines) expect(line).toMatchObject({ time: expect.any(String), level: expect.any(String) });
    const types = lines.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['log', 'started', 'progress', 'stopped']));
    expectNoSecret(run.stdout() + run.logs());
  });

  it('drains at the first signal: a daemon is then done', async () => {
    using run = runMode('db_sync', '--v');
    await run.printed('Cycle: ');
    expect(readFileSync(`/proc/${run.child.pid}/cmdline`, 'utf8')).toMatch(/^dbsync db_sync \w+\0*$/);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(run.stdout()).toContain('db_sync ended after');
    expectNoSecret(run.stdout() + run.logs());
  });

  it('ends at once at the second signal', async () => {
    using run = runMode('db_init', '--memory-fail', 'write-never-ends');
    await run.printed('it writes');
    run.child.kill('SIGINT');
    await run.printed('Stopping');
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(143);
  });

  it('that is not done when a signal ends it says which', async () => {
    simulator.faults.set([{ kind: 'hang', endpoint: 'contacts' }]);
    using run = runMode('db_init', '--v');
    await run.printed('listed');
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(130);
    simulator.faults.clear();
  });
});
