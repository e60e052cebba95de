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
  ['dbsync --token-file capture-', []],
  ['dbsync completion z', ['zsh']],
];

describe.each(SHELLS.filter((shell) => canRun(shell)))('the completion for %s', (shell) => {
  let offered: readonly (readonly string[])[] = [];

  beforeAll(async () => {
    const script = await mustRun(process.execPath, [DBSYNC, 'completion', shell], { cwd: import.meta.dirname });
    offered = await completedWords(
      shell,
      script,
      CASES.map(([line]) => line),
    );
  });

  it.each(CASES)('offers, after %j: %j', (line, words) => {
    const place = CASES.findIndex(([other]) => other === line);
    // fish repeats the option before a value that stands in the same word.
    expect(offered[place]?.map((word) => word.replace(/^--[\w-]+=/, ''))).toEqual(words);
  });
});

function canRun(shell: (typeof SHELLS)[number]): boolean {
  if (shell === 'bash' ? hasCommand('bash') : hasCommand('apt-get')) return true;
  tellNotRun(`the completion in a real ${shell}`, `running the tests on Debian, where apt-get brings ${shell}`);
  return false;
}
