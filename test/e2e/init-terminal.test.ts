import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { hasCommand } from '../harness/servers/debian-tools.ts';
import { typeAnswers } from '../harness/typed-answers.ts';

const COMMAND = join(import.meta.dirname, '../../packages/cli/bin/dbsync.js');

/** Runs `dbsync init` at a terminal of its own, as a person sees it; each answer is typed when its question stands there. */
async function initAtTerminal(file: string, apiUrl: string, answers: readonly (readonly [string, string])[]) {
  // `script` gives the command a terminal and copies what the terminal shows.
  const command = [process.execPath, COMMAND, 'init', file, '--api-url', apiUrl].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    env: { ...process.env, TERM: 'dumb' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  const left = typeAnswers(child, answers);
  const [code] = await once(child, 'close');
  expect(left, shown).toEqual([]);
  return { code, shown };
}

async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-terminal-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const simulator = await startSimulator({ contacts: 5, token: 'canary-token' });
  onTestFinished(() => simulator.close());
  return { simulator, file: join(folder, 'dbsync.yaml'), target: `sqlite:${join(folder, 'calls.db')}` };
}

const itAtTerminal = it.runIf(hasCommand('script'));

itAtTerminal('init asks at a terminal, shows no secret while it is typed, and writes what was answered', async () => {
  const { simulator, file, target } = await setUp();
  const { code, shown } = await initAtTerminal(file, simulator.url, [
    ['Mode (', ''],
    ['Campaign id', ''],
    ['Campaign id', simulator.campaign],
    ['Campaign token', 'canary-token'],
    ['Target, such as', target],
  ]);
  expect(code, shown).toBe(0);
  expect(shown).not.toContain('canary');
  expect(shown).toContain('The API accepts the token');
  expect(parse(readFileSync(file, 'utf8'))).toMatchObject({ campaigns: [{ mode: 'db_sync', url: target }] });
});

itAtTerminal(
  'init asks at a terminal before it writes what a check has refused, and no answer but yes writes it',
  async () => {
    const { simulator, file, target } = await setUp();
    const { code, shown } = await initAtTerminal(file, simulator.url, [
      ['Mode (', 'db_init'],
      ['Campaign id', simulator.campaign],
      ['Campaign token', 'canary-wrong'],
      ['Target, such as', target],
      ['Write the file nevertheless?', 'n'],
    ]);
    expect(code, shown).toBe(3);
    expect(shown).toContain('Nothing was written.');
    expect(shown).not.toContain('canary');
    expect(existsSync(file)).toBe(false);
  },
);
