import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { typeAnswers } from '../../test/harness/typed-answers.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');

/** The time that a step took. The CPU time is that of the step's processes, user and system. */
export interface StepTime {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** A line for the shell, ready to run, and what is typed after it. */
export interface TypedLine {
  readonly line: string;
  /** Goes into the command's standard input as a line, which then ends. */
  readonly pasted?: string;
  /** Gives the command a terminal: part of each question, and the text that is typed. */
  readonly answers?: readonly (readonly [string, string])[];
}

/** The prompt of a user: it keeps the folder and the mask of new files from line to line. */
export interface UserShell {
  /** @throws Error with the output unless the line ended with 0 */
  run(line: TypedLine): Promise<StepTime>;
}

/** Runs one line, and reports its CPU time, its folder and its mask at the descriptor 3. */
const PROMPT = 'cd -- "$PLACE" && umask "$MASK" && eval "$LINE"; code=$?; { times; pwd; umask; } >&3; exit $code';
/** Gives the line a terminal of its own. */
const AT_TERMINAL = 'script --quiet --return --flush --command "$TYPED" /dev/null';

/**
 * Opens the prompt of a new user: an empty home, nothing installed, and no part of the repository in the search path.
 *
 * @param home an empty folder; `home/bin` comes first in the search path
 */
export function openUserShell(home: string, variables: Readonly<Record<string, string>>): UserShell {
  const environment = { ...environmentOf(home), ...variables };
  mkdirSync(join(home, 'work'), { recursive: true });
  let workingFolder = join(home, 'work');
  let mask = '022';
  return {
    async run({ line, pasted, answers }) {
      const env = { ...environment, PLACE: workingFolder, MASK: mask, TYPED: line, PASTED: pasted };
      const LINE = answers ? AT_TERMINAL : pasted === undefined ? line : `{ ${line}; } <<< "$PASTED"`;
      const started = performance.now();
      const stdin = answers ? 'pipe' : 'ignore';
      const child = spawn('bash', ['-c', PROMPT], { env: { ...env, LINE }, stdio: [stdin, 'pipe', 'pipe', 'pipe'] });
      const output = followed(child.stdout as Readable, child.stderr as Readable);
      const report = followed(child.stdio[3] as Readable);
      const unanswered = answers ? typeAnswers(child, answers) : [];
      const [code] = await once(child, 'close');
      const seconds = (performance.now() - started) / 1000;
      if (code !== 0 || unanswered.length > 0)
        throw new Error(`${line} ended with ${code}:\n${output().slice(-4_000)}`);
      const [own = '', children = '', folder, newMask] = report().trim().split('\n');
      [workingFolder, mask] = [folder ?? workingFolder, newMask ?? mask];
      return { seconds, cpuSeconds: secondsOf(own) + secondsOf(children) };
    },
  };
}

/** Returns the variables of the user: those of this process for the network and the language, and none of the repository. */
function environmentOf(home: string): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:DBSYNC|NODE_OPTIONS|INIT_CWD|npm_(?!config_))/.test(name),
  );
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !resolve(folder).startsWith(REPOSITORY));
  const prefix = join(home, 'prefix');
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    SHELL: '/bin/bash',
    TERM: 'dumb',
    NO_COLOR: '1',
    PATH: [join(home, 'bin'), join(prefix, 'bin'), dirname(process.execPath), ...path].join(delimiter),
    npm_config_prefix: prefix,
    npm_config_cache: join(home, 'npm-cache'),
    npm_config_globalconfig: join(prefix, 'etc/npmrc'),
    // The way to the registry, such as a proxy, is the machine's.
    npm_config_userconfig: process.env.npm_config_userconfig ?? join(homedir(), '.npmrc'),
  };
}

function followed(...streams: readonly Readable[]): () => string {
  let text = '';
  for (const stream of streams) {
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
  }
  return () => text;
}

/** Reads a line of the shell's `times`, such as `0m1.230s 0m0.120s`: user and system. */
function secondsOf(line: string): number {
  const parts = Array.from(
    line.matchAll(/(\d+)m([\d.]+)s/g),
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
  );
  return parts.reduce((sum, part) => sum + part, 0);
}
