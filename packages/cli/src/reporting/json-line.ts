import type { RunEvent } from '@dbsync/core';
import type { LogLevel } from '../options/run-options.js';
import { logLine } from './log-line.js';

/** The members that every line of a run with `--json` has, beside its own. */
interface JsonLine {
  readonly type: string;
  /** The time when the line was written, ISO 8601 UTC. */
  readonly time: string;
  /** The level of the same line in the log file. */
  readonly level: LogLevel;
  /** An error code of `docs/errors.md`; null where there is none. */
  readonly code: string | null;
}

/** Returns the line of an event: its members, then time, level and code. */
export function eventJson(event: RunEvent, options: { readonly daemon: boolean }): JsonLine {
  const { level } = logLine(event, options);
  return { ...event, time: now(), level, code: codeOf(event) };
}

/** Returns a line of the command itself, beside the events. */
export function lineJson(type: string, level: LogLevel, members: object): JsonLine {
  return { type, ...members, time: now(), level, code: codeOf(members) };
}

function codeOf(members: object): string | null {
  return 'code' in members && typeof members.code === 'string' ? members.code : null;
}

function now(): string {
  return new Date().toISOString();
}
