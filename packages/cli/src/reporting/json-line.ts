import type { RunEvent } from '@dbsync/core';
import type { LogLevel } from '../options/run-options.js';
import { eventLine } from './event-line.js';

/** What stands before the members of every line that a run writes with `--json`. */
interface JsonHead {
  readonly type: string;
  /** ISO 8601 UTC: when the line was written. */
  readonly time: string;
  /** The level that the same has in the log file. */
  readonly level: LogLevel;
  /** An error code of `docs/errors.md`; null where there is none. */
  readonly code: string | null;
}

/** An event of the run, with its head. */
export function eventJson(event: RunEvent, options: { readonly daemon: boolean }): JsonHead {
  const { level } = eventLine(event, options);
  const { type, ...members } = event;
  const code = 'code' in event ? event.code : null;
  return { ...headOf(type, level, code), ...members, level, code };
}

/** Something that the command itself says, beside the events. */
export function lineJson<T extends object>(type: string, level: LogLevel, members: T): JsonHead & T {
  return { ...headOf(type, level, null), ...members };
}

function headOf(type: string, level: LogLevel, code: string | null): JsonHead {
  return { type, time: new Date().toISOString(), level, code };
}
