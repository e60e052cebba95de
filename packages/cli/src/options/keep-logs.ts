import { CliError } from '../cli-error.js';
import type { LogRetention } from '../reporting/old-logs.js';

const DAY_MS = 86_400_000;
const SIZES: Readonly<Record<string, number>> = { MB: 1024 ** 2, GB: 1024 ** 3 };
const DEFAULT: LogRetention = { maxAgeMs: 90 * DAY_MS, maxFiles: 100, maxBytes: 1024 ** 3 };
const ALL: LogRetention = {
  maxAgeMs: Number.POSITIVE_INFINITY,
  maxFiles: Number.POSITIVE_INFINITY,
  maxBytes: Number.POSITIVE_INFINITY,
};

/**
 * Reads `90d,100,1GB`: the age, the number and the size of all logs, in any order, each at most once; a missing part
 * has its default. `all` keeps every log.
 * @throws CliError `CLI_OPTION_VALUE`
 */
export function parseKeepLogs(text: string | null): LogRetention {
  if (text === null) return DEFAULT;
  if (text.trim() === 'all') return ALL;
  const limits = text.split(',').map((part) => limitOf(part.trim()));
  const names = limits.flatMap((limit) => (limit === null ? [] : Object.keys(limit)));
  if (names.length !== limits.length || new Set(names).size !== names.length) {
    throw new CliError('CLI_OPTION_VALUE', '--keep-logs takes age, number and size, such as 90d,100,1GB, or all.');
  }
  return Object.assign({}, DEFAULT, ...limits);
}

/** Reads one limit; null where the text is none. */
function limitOf(part: string): Partial<LogRetention> | null {
  const [, digits = '', unit = ''] = /^(\d{1,6})(d|MB|GB)?$/.exec(part) ?? [];
  if (digits === '') return null;
  const amount = Number(digits);
  if (unit === '') return { maxFiles: amount };
  return unit === 'd' ? { maxAgeMs: amount * DAY_MS } : { maxBytes: amount * (SIZES[unit] ?? 0) };
}
