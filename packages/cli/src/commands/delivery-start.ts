import { hasOutbox } from '@dbsync/core/cli-kit';
import { logMode } from '../options/outbox-options.js';
import type { RunOptions } from '../options/run-options.js';
import { hasEarlierLogs } from '../reporting/earlier-logs.js';
import { type EarlierStop, earlierClientStop } from './earlier-client.js';

/** The instant from which the next start of webhook mode sends transactions, and how it was found. */
export interface DeliveryStart {
  /** ISO 8601; null: now, or where the outbox stopped. */
  readonly since: string | null;
  readonly reason: string;
  /** True: a state file was lost, and a start is refused. */
  readonly isLost: boolean;
  /** True: the state file has contents, and is continued. */
  readonly hasState: boolean;
  /** The effect of the old client's state on this start, in words for operators. Null: it has none. */
  readonly note: string | null;
}

/**
 * Finds the start that a run with these options takes. An empty state file counts as none: a start that was killed
 * before its first commit leaves one.
 *
 * @param ownLogs 0 for a command that opens no log of the mode
 */
export function deliveryStart(options: RunOptions, file: string, ownLogs: 0 | 1): DeliveryStart {
  const hasState = hasOutbox(file);
  const found = { hasState, isLost: false, note: null };
  const { since } = options;
  if (since !== null) return { ...found, since, reason: 'as --since says' };
  const now = { ...found, since: null, reason: 'no --since is given' };
  if (hasState) return now;
  if (isLostState(options, ownLogs)) return { ...now, reason: 'an earlier state file is gone', isLost: true };
  const stop = options.webhook.newState ? null : earlierClientStop(options.campaign);
  return stop === null ? now : afterEarlierClient(options.webhook.stream, stop, now);
}

/**
 * Returns the start for the first run after the old client: where that one stopped. The old client knew one receiver
 * alone, so an outbox with a name begins now, and so does a new outbox.
 */
function afterEarlierClient(stream: string | null, { at, file }: EarlierStop, now: DeliveryStart): DeliveryStart {
  const begin =
    stream === null
      ? 'deliveries begin there.'
      : `deliveries of --stream ${stream} begin now nevertheless; --since ${at} would have them begin there.`;
  const note = `The old client stopped at ${at}, as ${file} says: ${begin}`;
  if (stream !== null) return { ...now, note };
  return { ...now, since: at, reason: `the old client stopped there, as ${file} says`, note };
}

/**
 * True where a state file was lost (R28): logs of earlier runs show that there was one. A new start without it would
 * leave out the changes since then.
 *
 * @param ownLogs 0 for a command that opens no log of the mode
 */
export function isLostState(options: RunOptions, ownLogs: 0 | 1): boolean {
  return !options.webhook.newState && hadState(options, ownLogs);
}

function hadState({ campaign, webhook, log }: RunOptions, ownLogs: 0 | 1): boolean {
  return hasEarlierLogs({ campaign, mode: logMode('webhook', webhook) }, log.directory, ownLogs);
}

/** True where `--new-state` makes this run begin from now, which it would not do otherwise. */
export function newStateHasEffect(options: RunOptions, { hasState }: DeliveryStart): boolean {
  if (hasState || options.since !== null) return false;
  return hadState(options, 1) || (options.webhook.stream === null && earlierClientStop(options.campaign) !== null);
}
