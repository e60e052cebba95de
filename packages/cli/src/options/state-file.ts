import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '@dbsync/core/cli-kit';
import { CliError } from '../cli-error.js';
import { systemReason } from '../system-reason.js';
import type { OutboxOptions } from './outbox-options.js';
import { usualFolders } from './usual-folders.js';

/**
 * Returns the file of a campaign's outbox: in the named folder, else in the one of the usual folders that has it
 * already, else in the first that takes files.
 */
export function stateFile({ stateDir, stream }: OutboxOptions, campaign: string): string {
  const name = fileName(campaign, stream);
  if (stateDir !== null) return join(stateDir, name);
  const usual = usualFolders('state');
  const files = usual.map((folder) => join(folder, name));
  const found = files.find((file) => existsSync(file));
  if (found !== undefined) return found;
  const folder = usual.find((candidate) => takesFiles(candidate) === null);
  if (folder !== undefined) return join(folder, name);
  const reasons = usual.map((candidate) => `${candidate} (${takesFiles(candidate)})`).join(', ');
  throw new CliError(
    'CLI_STATE_DIR_UNWRITABLE',
    `dbsync may not write to any folder for the state of webhook mode: ${reasons}.`,
  );
}

/** Returns the file that {@link stateFile} would return, and makes no folder. */
export function lookForStateFile({ stateDir, stream }: OutboxOptions, campaign: string): string {
  const name = fileName(campaign, stream);
  if (stateDir !== null) return join(stateDir, name);
  const usual = usualFolders('state');
  const found = usual.map((folder) => join(folder, name)).find((file) => existsSync(file));
  const folder = usual.find((candidate) => mayTakeFiles(candidate));
  return found ?? join(folder ?? usual.at(-1) ?? '', name);
}

/** True where the folder, or the nearest one above it that exists, takes files. */
function mayTakeFiles(folder: string): boolean {
  if (!existsSync(folder) && dirname(folder) !== folder) return mayTakeFiles(dirname(folder));
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function fileName(campaign: string, stream: string | null): string {
  return `${campaign.replace(/[^\w-]/g, '-').slice(0, 100)}${stream === null ? '' : `@${stream}`}.sqlite`;
}

/** Returns the reason why a folder takes no files; null where it does. */
function takesFiles(folder: string): string | null {
  try {
    makeFolder(folder, 0o700);
    accessSync(folder, constants.W_OK);
    return null;
  } catch (cause) {
    return systemReason(cause);
  }
}
