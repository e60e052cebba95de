import type { RunMode } from '@dbsync/core';
import { CliError } from '../cli-error.js';
import type { CheckedValues } from './checked-values.js';

/** Which outbox of the campaign is meant. */
export interface OutboxOptions {
  /** null: the usual places. */
  readonly stateDir: string | null;
  /** Tells several outboxes of a campaign apart; null: there is one. */
  readonly stream: string | null;
}

export function outboxOptions(checked: CheckedValues): OutboxOptions {
  const stream = checked.text('stream');
  if (stream !== null && !/^[\w.-]{1,64}$/.test(stream)) {
    throw new CliError('CLI_OPTION_VALUE', '--stream takes up to 64 letters, digits, and _ . -.');
  }
  return { stateDir: checked.text('state-dir'), stream };
}

/** What logs are named after: those of one outbox tell whether it has been there before. */
export function logMode(mode: RunMode, { stream }: OutboxOptions): string {
  return mode === 'webhook' && stream !== null ? `webhook@${stream}` : mode;
}
