import { appendFileSync } from 'node:fs';

/** The name of the variable for the file that gets a line for each skipped check; absent: only the console gets it. */
export const NOT_RUN_FILE = 'DBSYNC_TEST_NOT_RUN';

/** Reports a check that is skipped, and the command that brings what it needs. */
export function tellNotRun(what: string, getItBy: string): void {
  const line = `${what}, get it by: ${getItBy}`.replace(/\s*\n\s*/g, '; ');
  console.error(`NOT RUN: ${line}`);
  const file = process.env[NOT_RUN_FILE];
  if (file !== undefined) appendFileSync(file, `${line}\n`);
}
