import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  commandToClose,
  isFolderOfOthers,
  ownSurroundings,
  type Permissions,
  type Surroundings,
} from '@dbsync/core/cli-kit';
import type { SinkNotice } from '@dbsync/core/contract';
import { isDebuggerWanted } from '../debugger-off.js';
import type { ErrorCodeName } from '../error-codes.js';
import type { OptionName } from '../options/option-list.js';
import type { RunOptions } from '../options/run-options.js';
import { stateFile } from '../options/state-file.js';
import type { CommandContext } from './command-context.js';

/**
 * Returns a notice for each unsafe thing about a run that the command itself can see. Sinks report unsafe things about
 * the target.
 *
 * @param logFolder null: there is no log file
 */
export function startWarnings(
  options: Pick<RunOptions, 'apiUrl' | 'mode' | 'campaign' | 'webhook'>,
  { values, variables }: Pick<CommandContext, 'values' | 'variables'>,
  logFolder: string | null,
): readonly SinkNotice[] {
  const files = SECRET_FILES.map((option) => ({ option, path: values.get(option) ?? null }));
  const stateFolder = options.mode === 'webhook' ? dirname(stateFile(options.webhook, options.campaign)) : null;
  return [
    ...files.flatMap(({ option, path }) => fileWarnings(option, path, ownSurroundings(variables))),
    ...folderWarnings('logs', logFolder),
    ...folderWarnings('the state file', stateFolder),
    ...apiWarnings(options.apiUrl),
    ...(isDebuggerWanted() ? [DEBUGGER] : []),
  ];
}

const SECRET_FILES = ['token-file', 'url-file', 'hash-key-file'] as const satisfies readonly OptionName[];

const DEBUGGER = warning(
  'CLI_DEBUGGER_OPEN',
  'An option of Node.js opens the debugger: every user of this machine can read the token and the password there.',
);

function fileWarnings(option: OptionName, path: string | null, surroundings: Surroundings): readonly SinkNotice[] {
  const command = path === null ? null : commandToClose(path, permissionsOf(path), surroundings);
  if (command === null) return [];
  const message = `Other users of this machine may read or change the file of --${option}. To forbid it: ${command}`;
  return [warning('CLI_SECRETS_EXPOSED', message)];
}

/** Warns of a folder that other users may write to: they can replace dbsync's files in it by others. */
function folderWarnings(what: string, folder: string | null): readonly SinkNotice[] {
  if (folder === null || !isFolderOfOthers(folder)) return [];
  const message = `Other users of this machine may write to the folder of ${what}, ${folder}, and so remove or replace its files.`;
  return [warning('CLI_FOLDER_EXPOSED', message)];
}

function apiWarnings(apiUrl: string): readonly SinkNotice[] {
  const { protocol, hostname } = new URL(apiUrl);
  if (protocol !== 'http:' || /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)) return [];
  const message = `The connection to the API at ${hostname} is not encrypted: the network can read the token and all contacts.`;
  return [warning('CLI_API_NOT_ENCRYPTED', message)];
}

/** Reads permissions; null where there is no file, and on Windows, which has no such permissions. */
function permissionsOf(path: string): Permissions | null {
  if (process.platform === 'win32') return null;
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function warning(code: ErrorCodeName, message: string): SinkNotice {
  return { level: 'warn', code, message };
}
