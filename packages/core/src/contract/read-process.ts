import type { ProcessIdentity } from './claim.js';
import { isFields } from './json.js';
import { jsonOrNull } from './json-or-null.js';

/**
 * Reads the process beside a lease from stored JSON, and checks every part (R36). Invalid JSON becomes a process that
 * no machine knows: its lease is then waited for, like that of a process on another machine.
 */
export function readProcessIdentity(text: string | null): ProcessIdentity {
  const stored = text === null ? null : jsonOrNull(text);
  if (!isFields(stored)) return UNKNOWN;
  const { host, bootId, pid, startedAt } = stored;
  const isProcess = typeof host === 'string' && typeof bootId === 'string' && typeof startedAt === 'string';
  return isProcess && typeof pid === 'number' ? { host, bootId, pid, startedAt } : UNKNOWN;
}

const UNKNOWN: ProcessIdentity = { host: 'an unknown host', bootId: 'unknown', pid: 0, startedAt: 'unknown' };
