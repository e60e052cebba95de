// `node scripts/print-errors.ts` prints docs/errors.md from the error codes of all packages; `npm test` compares.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode, ErrorCodes } from '@dbsync/core/contract';
import { loadSource } from './sources.ts';

const packagesFolder = join(import.meta.dirname, '..', 'packages');

const EXITS = {
  1: 'failed while running',
  2: 'bad input',
  3: 'the environment prevents the run',
  4: 'the target wants no data any more',
} as const;

const INTRODUCTION = `# Error codes

Every error, warning and dead letter names one of these codes. The first word tells which part it comes from.

A **failure** is an error. Where it ends the process, the process ends with the exit code of the failure: 1 failed while running,
2 bad input (correct the command, do not restart), 3 the environment prevents the run, 4 the target wants no data any more. One
event has the same exit code on every target. A **notice** is a line of the log or the reason of a dead letter. It ends no process,
so it has no exit code.

\`dbsync status\` has exit codes for what it found: 6 the copy is late, 7 no process holds the campaign ([monitoring](monitoring.md)).

This page is printed from the packages' \`error-codes.ts\` by \`node scripts/print-errors.ts\`.
`;

/** Reads the codes of each package that has some, by the name of its folder. */
export async function readErrorCodes(): Promise<ReadonlyMap<string, ErrorCodes>> {
  const found = new Map<string, ErrorCodes>();
  for (const name of readdirSync(packagesFolder).sort()) {
    const module = name === 'core' ? 'errors/error-codes' : 'error-codes';
    if (!existsSync(join(packagesFolder, name, 'src', `${module}.ts`))) continue;
    const { errorCodes } = await loadSource<{ readonly errorCodes: ErrorCodes }>(name, module);
    found.set(name, errorCodes);
  }
  return found;
}

export function errorsPage(codes: ReadonlyMap<string, ErrorCodes>): string {
  const sections = [...codes].map(([name, ofPackage]) => {
    const entries = Object.entries(ofPackage).sort(([a], [b]) => (a < b ? -1 : 1));
    return [`## ${name}`, ...entries.map(([code, entry]) => section(code, entry))].join('\n\n');
  });
  return `${[INTRODUCTION.trimEnd(), ...sections].join('\n\n')}\n`;
}

function section(code: string, { what, normal, remedy, exit }: ErrorCode): string {
  const lines = [what, ...(normal === null ? [] : [`*When it is normal*: ${normal}`]), `*What to do*: ${remedy}`];
  const kind = exit === null ? '*Notice*.' : `*Failure*. Exit code: ${exit} (${EXITS[exit]}).`;
  return [`### ${code}`, ...lines, kind].join('\n\n');
}

if (import.meta.main) {
  const page = join(packagesFolder, '..', 'docs', 'errors.md');
  writeFileSync(page, errorsPage(await readErrorCodes()));
  console.log(`Wrote ${page}.`);
}
