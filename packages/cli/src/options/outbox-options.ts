import type { RunMode } from '@dbsync/core';
import { CliError } from '../cli-error.js';
import type { CheckedValues } from './checked-values.js';
import { parseDuration } from './duration.js';

/** The options that choose an outbox of the campaign. */
export interface OutboxOptions {
  /** null: the usual places. */
  readonly stateDir: string | null;
  /** The name of one of several outboxes of a campaign; null: there is one. */
  readonly stream: string | null;
}

export function outboxOptions(checked: CheckedValues): OutboxOptions {
  const stream = checked.text('stream');
  if (stream !== null && !/^[\w.-]{1,64}$/.test(stream)) {
    throw new CliError('CLI_OPTION_VALUE', '--stream takes up to 64 letters, digits, and _ . -.');
  }
  return { stateDir: checked.text('state-dir'), stream };
}

/** The time for which the outbox keeps finished messages, in milliseconds. */
export interface KeepOptions {
  readonly keepAcceptedMs: number;
  readonly keepAttemptsMs: number;
}

export function keepOptions(checked: CheckedValues): KeepOptions {
  return {
    keepAcceptedMs: durationOf(checked, 'webhook-keep-accepted', '3d'),
    keepAttemptsMs: durationOf(checked, 'webhook-keep-attempts', '30d'),
  };
}

function durationOf(checked: CheckedValues, name: 'webhook-keep-accepted' | 'webhook-keep-attempts', usual: string) {
  if (checked.text(name) === '0') return 0;
  const durationMs = parseDuration(checked.text(name) ?? usual);
  if (durationMs !== null) return durationMs;
  throw new CliError('CLI_OPTION_VALUE', `--${name} takes a number with m, h or d, such as ${usual}, or 0.`);
}

/** Returns the name for logs: the logs of an outbox show whether it has been there before. */
export function logMode(mode: RunMode, { stream }: OutboxOptions): string {
  return mode === 'webhook' && stream !== null ? `webhook@${stream}` : mode;
}
