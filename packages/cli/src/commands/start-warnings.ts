import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  commandToClose,
  isFolderOfOthers,
  ownSurroundings,
  type Permissions,
  quotedForShell,
  type Surroundings,
} from '@dbsync/core/cli-kit';
import type { SinkNotice } from '@dbsync/core/contract';
import { isDebuggerWanted } from '../debugger-off.js';
import type { ErrorCodeName } from '../error-codes.js';
import { isLoopbackHost } from '../loopback.js';
import type { OptionName } from '../options/option-list.js';
import type { RunOptions } from '../options/run-options.js';
import { stateFile } from '../options/state-file.js';
import type { CommandContext } from './command-context.js';

/** The folders that a run writes to. */
export interface RunFolders {
  /** null: there is no log file. */
  readonly logs: string | null;
  /** null: the database keeps the state. */
  readonly state: string | null;
}

/** Returns the folder of the state file, and makes it; null where the mode has none. */
export function stateFolder({ mode, webhook, campaign }: Pick<RunOptions, 'mode' | 'campaign' | 'webhook'>) {
  return mode === 'webhook' ? dirname(stateFile(webhook, campaign)) : null;
}

/** An unsafe thing, and the command that ends it. */
export interface StartWarning {
  readonly code: ErrorCodeName;
  readonly what: string;
  /** null: no single command does. */
  readonly remedy: string | null;
}

/** Returns the notice of a warning, for a log. */
export function warningNotice({ code, what, remedy }: StartWarning): SinkNotice {
  return { level: 'warn', code, message: remedy === null ? what : `${what} To forbid it: ${remedy}` };
}

/**
 * Returns a warning for each unsafe thing about a run that the command itself can see. Sinks report unsafe things about
 * the target.
 */
export function startWarnings(
  options: Pick<RunOptions, 'apiUrl'>,
  { values, variables }: Pick<CommandContext, 'values' | 'variables'>,
  folders: RunFolders,
): readonly StartWarning[] {
  const files = SECRET_FILES.map((option) => ({ option, path: values.get(option) ?? null }));
  return [
    ...files.flatMap(({ option, path }) => fileWarnings(option, path, ownSurroundings(variables))),
    ...folderWarnings('logs', folders.logs),
    ...folderWarnings('the state file', folders.state),
    ...apiWarnings(options.apiUrl),
    ...(isDebuggerWanted() ? [DEBUGGER] : []),
  ];
}

const SECRET_FILES = [
  'token-file',
  'url-file',
  'hash-key-file',
  'alert-url-file',
  'alert-secret-file',
  'healthcheck-url-file',
  'metrics-password-file',
] as const satisfies readonly OptionName[];

const DEBUGGER: StartWarning = {
  code: 'CLI_DEBUGGER_OPEN',
  what: 'An option of Node.js opens the debugger: every user of this machine can read the token and the password there.',
  remedy: null,
};

function fileWarnings(option: OptionName, path: string | null, surroundings: Surroundings): readonly StartWarning[] {
  const command = path === null ? null : commandToClose(path, permissionsOf(path), surroundings);
  if (command === null) return [];
  const what = `Other users of this machine may read or change the file of --${option}.`;
  return [{ code: 'CLI_SECRETS_EXPOSED', what, remedy: command }];
}

/** Warns of a folder that other users may write to: they can replace dbsync's files in it by others. */
function folderWarnings(what: string, folder: string | null): readonly StartWarning[] {
  if (folder === null || !isFolderOfOthers(folder)) return [];
  const unsafe = `Other users of this machine may write to the folder of ${what}, ${folder}, and so remove or replace its files.`;
  const isOwn = permissionsOf(folder)?.uid === process.getuid?.();
  return [{ code: 'CLI_FOLDER_EXPOSED', what: unsafe, remedy: isOwn ? `chmod go-w ${quotedForShell(folder)}` : null }];
}

/** Warns of an address of the API that is reached without encryption. */
export function apiWarnings(apiUrl: string): readonly StartWarning[] {
  const { protocol, hostname } = new URL(apiUrl);
  if (protocol !== 'http:' || isLoopbackHost(hostname)) return [];
  const what = `The connection to the API at ${hostname} is not encrypted: the network can read the token and all contacts.`;
  return [{ code: 'CLI_API_NOT_ENCRYPTED', what, remedy: null }];
}

/** Reads permissions; null where there is no file, and on Windows, which has no such permissions. */
export function permissionsOf(path: string): Permissions | null {
  if (process.platform === 'win32') return null;
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
