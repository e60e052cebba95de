import { markdownTable, seconds, whole } from '../markdown.ts';
import type { FirstRows, NotPlayed } from './first-rows.ts';
import type { PlayedWay } from './play-way.ts';
import type { StepTime } from './user-shell.ts';

/** Stands before the part of docs/installing.md that the bench writes, and behind it. */
export const BEGIN = '<!-- first rows: printed by npm run bench -- --first-rows -->';
export const END = '<!-- end of first rows -->';

/** Writes the part of the page between its marks. */
export function firstRowsSection({ contacts, played, machine }: FirstRows): string {
  const summary = played.map((one) => {
    const commands = String(one.way.steps.length);
    if ('reason' in one) return [one.way.name, commands, `NOT RUN: ${one.reason}`, '', ''];
    const total = sumOf(one.times);
    return [one.way.name, commands, seconds(total.seconds), seconds(total.cpuSeconds), whole(one.rows)];
  });
  return `${BEGIN}
Each way begins in an empty folder and ends with the first copy of a simulated campaign of ${whole(contacts)} contacts in an empty PostgreSQL.

${markdownTable([['way', 'commands', 'time', 'CPU time', 'rows in PostgreSQL'], ...summary])}

Measured on: ${machine}. The time is that of the commands, without that of the typing. The CPU time is that of their processes, user and
system, without the database and the simulator; it depends less on other work on the machine. The making of the packages and the start of the servers are not counted.

${played.map(wayText).join('\n\n')}
${END}`;
}

/** Replaces the part of the page between the marks. */
export function withFirstRows(page: string, section: string): string {
  const [before, rest = ''] = page.split(BEGIN);
  const [, after] = rest.split(END);
  if (after === undefined) throw new Error('The page has no place for the ways to the first rows.');
  return `${before}${section}${after}`;
}

function wayText(one: PlayedWay | NotPlayed): string {
  const { way } = one;
  const times = 'times' in one ? one.times : [];
  const cells = (time: StepTime | undefined) => (time ? [seconds(time.seconds), seconds(time.cpuSeconds)] : ['', '']);
  const lines = way.steps.map(({ typed }, at) => [`\`${typed}\``, ...cells(times[at])]);
  const total = 'times' in one ? [['total', ...cells(sumOf(times))]] : [];
  return `### ${way.heading}

${markdownTable([['command', 'time', 'CPU time'], ...lines, ...total])}

${way.played}`;
}

function sumOf(times: readonly StepTime[]): StepTime {
  const sum = (of: (time: StepTime) => number) => times.reduce((total, time) => total + of(time), 0);
  return { seconds: sum((time) => time.seconds), cpuSeconds: sum((time) => time.cpuSeconds) };
}
