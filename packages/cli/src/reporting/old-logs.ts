import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemReason } from '../system-reason.js';
import { hasBegun } from './earlier-logs.js';
import { isLogOf, type LogName } from './log-place.js';

/** The limits for logs of earlier runs: a log goes when it is beyond any of the three. */
export interface LogRetention {
  readonly maxAgeMs: number;
  readonly maxFiles: number;
  readonly maxBytes: number;
}

interface OldLog {
  readonly path: string;
  readonly changedMs: number;
  /** The size, with the part that was set aside when it had grown too large. */
  readonly bytes: number;
}

/**
 * Removes the oldest logs of this campaign and mode beside the one that was just opened. The newest log of a run that
 * had a state stays, however many failed starts came after it: webhook mode knows by it that a state was lost (R28).
 * @returns the reason why logs could not be removed; null: none
 */
export function removeOldLogs(
  name: Omit<LogName, 'startedAt'>,
  ownPath: string,
  retention: LogRetention,
  nowMs: number,
): string | null {
  const old = beyond(oldLogs(name, ownPath), retention, nowMs);
  let failure: string | null = null;
  for (const { path } of old) {
    try {
      rmSync(path, { force: true });
      rmSync(`${path}.1`, { force: true });
    } catch (error) {
      failure ??= `Old logs in ${dirname(ownPath)} cannot be removed (${systemReason(error)}).`;
    }
  }
  return failure;
}

/** Returns old logs, the newest first. */
function oldLogs(name: Omit<LogName, 'startedAt'>, ownPath: string): readonly OldLog[] {
  const folder = dirname(ownPath);
  return readdirSync(folder)
    .filter((file) => isLogOf(name, file) && file !== basename(ownPath))
    .map((file) => oldLog(join(folder, file)))
    .sort((a, b) => b.changedMs - a.changedMs);
}

function oldLog(path: string): OldLog {
  const current = statSync(path, { throwIfNoEntry: false });
  const setAside = statSync(`${path}.1`, { throwIfNoEntry: false });
  return { path, changedMs: current?.mtimeMs ?? 0, bytes: (current?.size ?? 0) + (setAside?.size ?? 0) };
}

function beyond(logs: readonly OldLog[], retention: LogRetention, nowMs: number): readonly OldLog[] {
  let bytes = 0;
  let hasProof = false;
  return logs.filter(({ path, changedMs, bytes: own }, position) => {
    bytes += own;
    const isOld = nowMs - changedMs > retention.maxAgeMs;
    const isBeyond = isOld || position >= retention.maxFiles || bytes > retention.maxBytes;
    const isProof = !hasProof && hasBegun(path);
    hasProof ||= isProof;
    return isBeyond && !isProof;
  });
}
