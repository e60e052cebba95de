import { existsSync } from 'node:fs';
import { CliError } from '../cli-error.js';
import { placeOf } from './service-place.js';
import type { ProgramStep, ServiceRequest, ServiceStep } from './service-plan.js';

type SecretName = 'token' | 'url';

/**
 * Returns the steps that write the secrets that were given.
 *
 * @param close returns the steps that let only the service read a file
 * @throws CliError `CLI_OPTION_MISSING` for one that was not given and is not there, unless the files are for another machine
 */
export function secretSteps(
  request: ServiceRequest,
  fileOf: (name: SecretName) => string,
  close: (path: string) => readonly ProgramStep[] = () => [],
): readonly ServiceStep[] {
  const { root } = request;
  return (['token', 'url'] as const).flatMap((name): readonly ServiceStep[] => {
    const path = fileOf(name);
    const text = request[name];
    if (text !== null) return [{ kind: 'secret', path, text }, ...close(path)];
    if (root !== null || existsSync(placeOf(path, root))) return [];
    throw new CliError('CLI_OPTION_MISSING', `Not given: --${name} (or --${name}-file), and there is no ${path}.`);
  });
}

/** Refuses an installation with a path in the folder of a user: the service may not enter it. @param files that it reads */
export function refuseHomes({ program, root }: ServiceRequest, homes: RegExp, files: readonly string[] = []): void {
  const path = [...program, ...files].find((word) => homes.test(word));
  if (root !== null || path === undefined) return;
  const message = `The service may not enter the folder of a user, and it needs ${path}.`;
  const remedy = files.includes(path)
    ? 'Move the file to /etc/dbsync.'
    : 'Install dbsync and Node.js for all users, or name a command by --program.';
  throw new CliError('CLI_SERVICE_UNFIT', `${message} ${remedy}`);
}

/** Returns steps that change this machine; none where the files are for another one. */
export function stepsHere(root: string | null, ...steps: readonly ProgramStep[]): readonly ProgramStep[] {
  return root === null ? steps : [];
}

/** Says where the log is, or that nothing was started. */
export function startRemark(root: string | null, log: string): string {
  return root === null ? `Its log: ${log}` : `Nothing was started: ${root} is not the root of this machine.`;
}
