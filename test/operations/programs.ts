import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { hasCommand } from '../harness/servers/debian-tools.ts';
import type { Machine } from './machine.ts';
import type { PageDatabase } from './page-database.ts';
import type { Service } from './service.ts';

/** The place where a command of the page runs. */
export interface Place {
  readonly machine: Machine;
  readonly service: Service;
  /** The other machine, `db2` of the page. */
  readonly other: Machine;
  /** The database server; null: the copy is a SQLite file. */
  readonly database: PageDatabase | null;
}

/** Runs a command with these words, and returns its output. */
type Play = (words: readonly string[], here: Place) => Promise<string>;

/**
 * Commands of the page beside dbsync's own. `systemctl` and `journalctl` need systemd as init, and `rsync` a second machine: they
 * are played, so that the commands after them show their effect. `npm` would need a published release.
 */
export const PROGRAMS: Readonly<Record<string, Play>> = {
  systemctl: async ([verb = ''], { service }) => {
    await (verb === 'start' ? service.start() : service.stop());
    return '';
  },
  /** `-o cat` prints the lines of the process as they are, and the match leaves out those of systemd. */
  journalctl: async (words, { machine, service }) => {
    await setImmediate();
    const count = Number(words[words.indexOf('-n') + 1]);
    return machine.shown(`${service.lines().slice(-count).join('\n')}\n`);
  },
  rsync: async ([, from = '', to = ''], { machine, other }) => {
    cpSync(machine.real(from), other.real(to.replace(/^\w+:/, '')), { recursive: true });
    return '';
  },
  npm: async () => '',
  sqlite3: async ([file = '', command = ''], { machine }) => {
    const [verb, path = ''] = machine.real(command).split(' ');
    const database = machine.real(file);
    if (hasCommand('sqlite3')) return spawned('sqlite3', [database, `${verb} ${path}`]);
    // The shell of SQLite calls the same function of the library.
    const [from, to] = verb === '.backup' ? [database, path] : [path, database];
    using source = new DatabaseSync(from);
    await backup(source, to);
    return '';
  },
  sed: async (words, { machine }) => spawned('sed', words.map(machine.real)),
  ls: async (words, { machine }) => spawned('ls', words.map(machine.real)),
};

function spawned(program: string, words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${error?.message ?? stderr}`);
  return stdout;
}
