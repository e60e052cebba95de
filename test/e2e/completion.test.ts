import { existsSync, mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tellNotRun } from '../harness/not-run.ts';
import { mustRun } from '../harness/run-program.ts';
import { hasCommand } from '../harness/servers/debian-tools.ts';
import { completedWords, SHELLS } from '../harness/shells/completed-words.ts';

const DBSYNC = join(import.meta.dirname, '../../packages/cli/bin/dbsync.js');

/** Command lines, and the words that every shell offers at their ends. */
const CASES: readonly (readonly [line: string, words: readonly string[]])[] = [
  ['dbsync de', ['dead-letters', 'deliveries']],
  ['dbsync deliveries re', ['replay', 'resume', 'retry']],
  ['dbsync verify --d', ['--deep', '--drop-gone']],
  ['dbsync --mode ', ['db_init', 'db_sync', 'db_update', 'webhook']],
  ['dbsync --mode=db_u', ['db_update']],
  ['dbsync --a db_sync --column-types d', ['dbsync2']],
  ['dbsync --a db_sync --mysql-ssl-mode VERIFY_I', ['VERIFY_IDENTITY']],
  ['dbsync --token-file my-', ['my-token file']],
  ['dbsync help sq', ['sqlite', 'sqlserver']],
  ['dbsync completion z', ['zsh']],
];

describe.each(SHELLS.filter((shell) => canRun(shell)))('the completion for %s', (shell) => {
  let offered: readonly (readonly string[])[] = [];

  beforeAll(async () => {
    offered = await completedWords(
      shell,
      await scriptOf(shell),
      CASES.map(([line]) => line),
      ['my-token file'],
    );
  });

  it.each(CASES)('offers, after %j: %j', (line, words) => {
    const index = CASES.findIndex(([other]) => other === line);
    expect(offered[index]?.map(plain)).toEqual(words);
  });

  it('offers no value that a shell would run or change', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-plugins-'));
    const ran = join(folder.path, 'ran');
    const values = [`$(touch ${ran})`, `\`touch ${ran}\``, 'two words', "it's", '$HOME', 'plain'];
    writePlugin(folder.path, values);
    const offers = await completedWords(shell, await scriptOf(shell, '--plugin-dir', folder.path), [
      'dbsync --odd-kind ',
      'dbsync --odd-kind p',
    ]);
    expect(offers.map((words) => words.map(plain))).toEqual([['plain'], ['plain']]);
    expect(existsSync(ran)).toBe(false);
  });
});

function scriptOf(shell: string, ...options: readonly string[]): Promise<string> {
  return mustRun(process.execPath, [DBSYNC, 'completion', shell, ...options], { cwd: import.meta.dirname });
}

/** fish repeats the option before a value that stands in the same word, and escapes blanks. */
function plain(word: string): string {
  return word.replace(/^--[\w-]+=/, '').replaceAll('\\', '');
}

/** Writes a sink with an option of these values. */
function writePlugin(folder: string, values: readonly string[]): void {
  const home = join(folder, 'node_modules/dbsync-sink-odd');
  mkdirSync(home, { recursive: true });
  const options = { kind: { type: 'string', help: "A kind; `it's` $(odd)", values } };
  const dbsync = { sinkApi: 1, schemes: ['odd'], entry: './index.js', options };
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'dbsync-sink-odd', version: '1.0.0', dbsync }));
}

function canRun(shell: (typeof SHELLS)[number]): boolean {
  if (shell === 'bash' ? hasCommand('bash') : hasCommand('apt-get')) return true;
  tellNotRun(`the completion in a real ${shell}`, `running the tests on Debian, where apt-get brings ${shell}`);
  return false;
}
