import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { runHere } from '../../../../../test/harness/command/command-here.ts';

async function setUp(fileName = 'dbsync.yaml') {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-init-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const simulator = await startSimulator({ contacts: 5, token: 'canary-token' });
  onTestFinished(() => simulator.close());
  const file = join(folder, fileName);
  const init = (options: Readonly<Record<string, string>>, ...flags: readonly string[]) => {
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    return runHere(['init', file, ...words, '--api-url', simulator.url, ...flags], {});
  };
  const usual = { mode: 'db_sync', campaign: simulator.campaign, token: simulator.token };
  const read = () => parse(readFileSync(file, 'utf8'));
  return { folder, file, simulator, init, usual, read };
}

it('tries the campaign, and writes a file that config check finds right, with secrets of their own', async () => {
  const { folder, file, init, usual, read, simulator } = await setUp();
  const first = await init({ ...usual, name: 'one', url: `sqlite:${join(folder, 'one.db')}`, interval: '30' });
  expect(first.code, first.stdout).toBe(0);
  expect(first.stdout).toContain('The API accepts the token');
  expect(first.stdout).toContain(`First copy: dbsync run --config ${file} --campaign one --mode db_init\n`);
  expect(first.stdout).toContain(`Then: dbsync run --config ${file}\n`);
  expect(first.stdout).not.toContain('canary');
  expect(read()).toMatchObject({
    campaigns: [
      {
        name: 'one',
        mode: 'db_sync',
        campaign: simulator.campaign,
        'token-file': 'one.token',
        url: `sqlite:${join(folder, 'one.db')}`,
        interval: 30,
        'api-url': simulator.url,
      },
    ],
  });
  expect(readFileSync(join(folder, 'one.token'), 'utf8')).toBe('canary-token\n');
  expect([file, join(folder, 'one.token')].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);

  writeFileSync(file, `# by hand\n${readFileSync(file, 'utf8')}`);
  const second = await init({ ...usual, name: 'two', url: `sqlite:${join(folder, 'two.db')}` });
  expect(second.code, second.stdout).toBe(0);
  expect(read().campaigns).toHaveLength(2);
  expect(readFileSync(file, 'utf8')).toMatch(/^# by hand\n/);
  const check = await runHere(['config', 'check', file], {});
  expect(check.stdout).toContain('2 campaigns, no errors.');
});

it('names a first copy for a campaign that is kept current, and for no other', async () => {
  const { folder, init, usual } = await setUp();
  const { code, stdout } = await init({ ...usual, mode: 'db_init', url: `sqlite:${join(folder, 'one.db')}` });
  expect(code, stdout).toBe(0);
  expect(stdout).not.toContain('First copy');
});

it('quotes the file in the commands that follow, so that they can be pasted', async () => {
  const { file, folder, init, usual } = await setUp('our calls.yaml');
  const { code, stdout } = await init({ ...usual, name: 'one', url: `sqlite:${join(folder, 'one.db')}` });
  expect(code, stdout).toBe(0);
  for (const command of [
    `config check '${file}'`,
    `run --config '${file}' --campaign one`,
    `run --config '${file}'\n`,
  ]) {
    expect(stdout).toContain(`: dbsync ${command}`);
  }
});

it('writes nothing where a check fails, unless --yes is given', async () => {
  const { folder, file, init, usual } = await setUp();
  const options = { ...usual, token: 'canary-wrong', url: `sqlite:${join(folder, 'one.db')}` };
  const refused = await init(options);
  expect(refused.code).toBe(3);
  expect(refused.stdout).toContain('The API refuses the token');
  expect(refused.stdout).toContain('Nothing was written.');
  expect(() => statSync(file)).toThrow();
  const written = await init(options, '--yes');
  expect(written.code, written.stdout).toBe(0);
  expect(statSync(file).isFile()).toBe(true);
});

it('keeps the mode of a file that a service reads as another user, and fills an empty list of campaigns', async () => {
  const { folder, file, init, usual, read } = await setUp();
  writeFileSync(file, '# campaigns of the team\ncampaigns:\n', { mode: 0o644 });
  const { code, stdout } = await init({ ...usual, name: 'one', url: `sqlite:${join(folder, 'one.db')}` });
  expect(code, stdout).toBe(0);
  expect(read().campaigns).toMatchObject([{ name: 'one' }]);
  expect(statSync(file).mode & 0o777).toBe(0o644);
  writeFileSync(file, 'campaigns: none\n');
  const refused = await init({ ...usual, name: 'two', url: `sqlite:${join(folder, 'two.db')}` });
  expect(refused.stdout).toContain('CLI_CONFIG_INVALID');
  expect(readFileSync(file, 'utf8')).toBe('campaigns: none\n');
});

it('asks nothing without a terminal, and names what is missing', async () => {
  const { init } = await setUp();
  const { code, stdout } = await init({ mode: 'db_sync' });
  expect(code).toBe(2);
  expect(stdout).toContain('Not given: --campaign (--c), --token (--ct), --url.');
});

it('changes nothing where the file would have errors, or a secret would be lost', async () => {
  const { folder, file, init, usual } = await setUp();
  const options = { ...usual, name: 'one', url: `sqlite:${join(folder, 'one.db')}` };
  expect((await init(options)).code).toBe(0);
  const before = readFileSync(file, 'utf8');
  const twice = await init(options);
  expect(twice.code).toBe(2);
  expect(twice.stdout).toContain('CLI_CONFIG_INVALID');
  writeFileSync(join(folder, 'two.token'), 'canary-other\n');
  const lost = await init({ ...options, name: 'two', 'table-prefix': 'two_' });
  expect(lost.code).toBe(3);
  expect(lost.stdout).toContain('CLI_CONFIG_UNWRITABLE');
  expect(readFileSync(file, 'utf8')).toBe(before);
});
