import type { Simulator } from '@dbsync/simulator';
import { compareWithTruth } from '../compare/compare-with-truth.ts';
import type { CopyTarget } from '../targets.ts';
import { runHere } from './command-here.ts';

/** The environment of a command at this copy. */
export function variables(simulator: Simulator, { url }: CopyTarget) {
  return {
    DBSYNC_CAMPAIGN: simulator.campaign,
    DBSYNC_URL: url,
    DBSYNC_TOKEN: simulator.token,
    DBSYNC_API_URL: simulator.url,
  };
}

/** Runs a command at this copy to its end. */
export function dbsync(simulator: Simulator, target: CopyTarget, argv: readonly string[]) {
  return runHere(argv, variables(simulator, target));
}

/** Runs `verify --json`: each finding is a line such as `cell contacts ID $status`. */
export async function verify(simulator: Simulator, target: CopyTarget, ...argv: readonly string[]) {
  const { code, stdout } = await dbsync(simulator, target, ['verify', '--json', ...argv]);
  const lines = stdout.trim().split('\n').map(parsed);
  const findings = lines
    .filter((line) => line?.type === 'finding')
    .map(({ kind, contact, table, id, column }) =>
      [kind, ...(table ? [table, id, column] : [contact])].join(' ').trim(),
    );
  return { code, findings, summary: lines.at(-1), stdout };
}

function parsed(line: string) {
  return line.startsWith('{') ? JSON.parse(line) : null;
}

/** Compares the copy with the simulated campaign. */
export async function differences(simulator: Simulator, target: CopyTarget) {
  return (await target.read((copy) => compareWithTruth(`${simulator.url}/__truth`, copy))).differences;
}
