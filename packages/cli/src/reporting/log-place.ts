import { usualFolders } from '../options/usual-folders.js';

export interface LogName {
  readonly campaign: string;
  readonly mode: string;
  readonly startedAt: Date;
}

/** Returns the folders that may have logs: the named one alone, else the usual ones. */
export function logFolders(directory: string | null): readonly string[] {
  return directory === null ? usualFolders('logs') : [directory];
}

/** Writes `{CAMPAIGN}_{MODE}_{TIMESTAMP}.log`, with a suffix for further runs in the same second. */
export function logFileName({ startedAt, ...name }: LogName, suffix: string): string {
  const timestamp = startedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  return `${startOfName(name)}${timestamp}${suffix}.log`;
}

/** Returns the name of the file that remembers the alerts of a campaign and mode. */
export function alertFileName(name: Omit<LogName, 'startedAt'>): string {
  return `${startOfName(name)}alerts.json`;
}

const REST_OF_NAME = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)(?:-\d+)?\.log$/;

/** True where the name is that of a log of this campaign and mode. */
export function isLogOf(name: Omit<LogName, 'startedAt'>, file: string): boolean {
  const start = startOfName(name);
  return file.startsWith(start) && REST_OF_NAME.test(file.slice(start.length));
}

/** A log of a campaign, by its name. */
export interface NamedLog {
  readonly mode: string;
  readonly startedMs: number;
}

/** Reads the name of a log, or of the part of it that was set aside; null where it is no log of this campaign. */
export function readLogName(campaign: string, file: string): NamedLog | null {
  const start = startOfName({ campaign, mode: '' }).slice(0, -1);
  const [, mode, day, hour, minute, second] = file.startsWith(start) ? (REST.exec(file.slice(start.length)) ?? []) : [];
  if (mode === undefined) return null;
  return { mode, startedMs: Date.parse(`${day}T${hour}:${minute}:${second}Z`) };
}

const REST =
  /^(db_init|db_update|db_sync|webhook(?:@[\w.-]+)?)_(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z(?:-\d+)?\.log(?:\.1)?$/;

/** True where the name is that of a log of dbsync, of any campaign, or of the part of it that was set aside. */
export function isLogName(file: string): boolean {
  return ANY_LOG.test(file);
}

const ANY_LOG = new RegExp(`^[\\w-]{1,100}_${REST.source.slice(1)}`);

/** Returns the start of a log's name. A campaign id is text from outside: it must not lead out of the folder. */
function startOfName({ campaign, mode }: Omit<LogName, 'startedAt'>): string {
  return `${campaign.replace(/[^\w-]/g, '-').slice(0, 100)}_${mode}_`;
}
