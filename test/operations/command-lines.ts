import { writeFileSync } from 'node:fs';
import { runHere } from '../harness/command/command-here.ts';
import { type Place, PROGRAMS } from './programs.ts';

/** Runs command lines of the page, each at the place where the operator is by then. */
export interface CommandLines {
  /** Runs a line to its end, and returns its output as the page shows it. @throws Error for another exit code */
  run(line: string, exitCode: number): Promise<string>;
  /** Runs dbsync with these words. @param exitCode null: any */
  dbsync(words: readonly string[], exitCode: number | null): Promise<string>;
  /** Writes the options of the service. */
  setOptions(options: Readonly<Record<string, string>>): void;
}

/** @param hosts pairs of a host of this machine and that of the page */
export function createCommandLines(
  mode: string,
  hosts: readonly (readonly [string, string])[],
  placeNow: () => Place,
): CommandLines {
  const dbsync = async (words: readonly string[], exitCode: number | null) => {
    const { machine } = placeNow();
    const { code, stdout } = await runHere(words, machine.variables);
    if (exitCode !== null && code !== exitCode)
      throw new Error(`dbsync ${words.join(' ')} ended with ${code}:\n${stdout}`);
    return hosts.reduce((text, [here, page]) => text.replaceAll(here, page), machine.shown(stdout));
  };
  const setOptions = (given: Readonly<Record<string, string>>) => {
    const options = { DBSYNC_MODE: mode, DBSYNC_INTERVAL: '1', ...given };
    const lines = Object.entries(options).map((option) => `${option.join('=')}\n`);
    writeFileSync(placeNow().machine.serviceFile, lines.join(''));
  };
  /** The steps that a dry run prints are those that `install` does. They would change this machine. */
  const install = async (words: readonly string[], exitCode: number) => {
    const output = await dbsync([...words, ...DRY], exitCode);
    setOptions({});
    await placeNow().service.start();
    return output.replaceAll(/^would /gm, '');
  };
  return {
    dbsync,
    setOptions,
    async run(line, exitCode) {
      const [command = '', filter] = line.split(' | ');
      const [program = '', ...words] = wordsOf(command);
      const { database, machine } = placeNow();
      if (database?.runs(program)) return machine.shown(await database.run(machine.real(line), exitCode));
      const play = PROGRAMS[program];
      const output =
        program === 'dbsync'
          ? await (words[0] === 'service' ? install : dbsync)(words, exitCode)
          : await play?.(words, placeNow());
      if (output === undefined) throw new Error(`No test plays ${program}.`);
      return filter === undefined ? output : filtered(output, filter);
    },
  };
}

/** Options of `service install` by which it is the same on every machine. */
const DRY = ['--dry-run', '--force', '--manager', 'systemd', '--program', '/usr/bin/dbsync'];

/** Returns the lines that `head -n N`, `tail -n N` or `grep WORD` leaves. */
function filtered(output: string, filter: string): string {
  const word = /^grep (\w+)$/.exec(filter)?.[1];
  if (word !== undefined)
    return output
      .split('\n')
      .filter((line) => line.includes(word))
      .join('\n');
  const [, end, count] = /^(head|tail) -n (\d+)$/.exec(filter) ?? [];
  if (end === undefined) throw new Error(`No test plays ${filter}.`);
  const lines = output.trimEnd().split('\n');
  return (end === 'head' ? lines.slice(0, Number(count)) : lines.slice(-Number(count))).join('\n');
}

/** Splits a command line at blanks; single quotes hold words together. */
export function wordsOf(line: string): readonly string[] {
  return Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '');
}
