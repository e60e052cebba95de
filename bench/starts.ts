import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { markdownTable } from './markdown.ts';
import { COMMAND } from './measured-run.ts';

const USAGE_AT_EXIT = pathToFileURL(join(import.meta.dirname, 'usage-at-exit.mjs')).href;
const ROUNDS = 15;

/** The CPU time of processes that do next to nothing, user and system, in seconds. */
export interface StartsMeasurement {
  /** Node.js with an empty program. */
  readonly bareSeconds: number;
  readonly commands: readonly { readonly name: string; readonly cpuSeconds: number }[];
}

/** Measures starts in turn, and takes the median of each, since the times drift. */
export function measureStarts(): StartsMeasurement {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-bench-starts-'));
  const programs = [['--eval', '0'], ...['--version', '--help'].map((word) => [COMMAND, word])];
  const times: number[][] = programs.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, argv] of programs.entries()) times[at]?.push(cpuSecondsOf(argv, join(folder, 'usage.json')));
  }
  rmSync(folder, { recursive: true });
  const [bareSeconds = 0, ...own] = times.map((some) => some.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0);
  return {
    bareSeconds,
    commands: own.map((cpuSeconds, at) => ({ name: `dbsync ${programs[at + 1]?.at(-1)}`, cpuSeconds })),
  };
}

function cpuSecondsOf(argv: readonly string[], usageFile: string): number {
  const { status } = spawnSync(process.execPath, [`--import=${USAGE_AT_EXIT}`, ...argv], {
    env: { PATH: process.env.PATH, BENCH_USAGE: usageFile },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}`);
  return JSON.parse(readFileSync(usageFile, 'utf8')).cpuSeconds;
}

const HEADING = '## A start';

/** Writes the part of the page about starts. */
export function startsSection({ bareSeconds, commands }: StartsMeasurement): string {
  const lines = commands.map(({ name, cpuSeconds }) => [
    `\`${name}\``,
    `${cpuSeconds.toFixed(2)} s`,
    `${bareSeconds.toFixed(2)} s`,
    (cpuSeconds / bareSeconds).toFixed(1),
  ]);
  return `${HEADING}

${markdownTable([['command', 'CPU time', 'Node.js alone', 'multiple'], ...lines])}

- **CPU time** is that of the whole process, user and system, the median of ${ROUNDS} starts, taken in turn with those of **Node.js alone**, an
  empty program. The multiple depends less on the machine. \`npm run bench -- --starts\` measures this table alone.
`;
}

/** Replaces the part about starts in the page. */
export function withStarts(page: string, section: string): string {
  const [before = ''] = page.split(`\n${HEADING}\n`);
  return `${before.trimEnd()}\n\n${section}`;
}
