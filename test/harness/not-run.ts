import { appendFileSync } from 'node:fs';

/** Names the file that takes a line for each thing that was not checked; absent: the console alone has it. */
export const NOT_RUN_FILE = 'DBSYNC_TEST_NOT_RUN';

/** Says aloud what is not checked, and how to get what it wants. */
export function tellNotRun(what: string, getItBy: string): void {
  const line = `${what}, get it by: ${getItBy}`.replace(/\s*\n\s*/g, '; ');
  console.error(`NOT RUN: ${line}`);
  const file = process.env[NOT_RUN_FILE];
  if (file !== undefined) appendFileSync(file, `${line}\n`);
}
