import type { Clock } from '../concurrency/clock.js';
import { counted } from '../observe/counted.js';
import type { Observer } from '../observe/run-events.js';
import type { DeliveryAct, DeliverySelection, Pausing, RecordedAct } from '../outbox/faces/delivery-acts.js';
import type { ObeyOptions } from '../outbox/faces/delivery-queue.js';
import type { ClaimedQueue } from './claimed-queue.js';

/** Does the acts that operators asked for, between two rounds of the loop. */
export interface OperatorDesk {
  /**
   * Reads the outbox, if the time for that has come, and does one step. Returns true if no message may be sent: an
   * operator has paused deliveries, or an act that was asked for before the loop began is not finished.
   */
  look(): Promise<boolean>;
  /** The operator's pause that the last look found; null: deliveries are not paused. */
  readonly pausing: Pausing | null;
  /** True if the last look did not finish all acts. */
  readonly isMore: boolean;
}

export interface OperatorDeskOptions extends ObeyOptions {
  readonly queue: ClaimedQueue;
  readonly clock: Clock;
  readonly observe: Observer;
  readonly everyMs: number;
}

export function createOperatorDesk({
  queue,
  clock,
  observe,
  everyMs,
  ...knowledge
}: OperatorDeskOptions): OperatorDesk {
  let nextMs = Number.NEGATIVE_INFINITY;
  let pausing: Pausing | null = null;
  let hasCaughtUp = false;
  let isMore = false;

  const notice = (level: 'info' | 'warn', code: string, message: string) => {
    observe({ type: 'notice', level, code, message });
  };
  const note = (found: Pausing | null) => {
    if (found !== null && pausing === null) {
      const since = new Date(found.sinceMs).toISOString();
      notice(
        'warn',
        'DELIVERIES_PAUSED',
        `${found.by} paused deliveries at ${since}. To send them again: dbsync deliveries resume`,
      );
    }
    pausing = found;
  };

  return {
    async look() {
      if (!isMore && clock.monotonic() < nextMs) return pausing !== null;
      const obeyed = await queue.obey(knowledge);
      ({ isMore } = obeyed);
      if (!isMore) nextMs = clock.monotonic() + everyMs;
      if (obeyed.deleted) notice('warn', 'REPLAY_OF_DELETED', deletedText(obeyed.deleted));
      if (obeyed.finished) notice('info', 'DELIVERIES_CONTROLLED', textOf(obeyed.finished));
      note(obeyed.pausing);
      hasCaughtUp ||= !isMore;
      return pausing !== null || !hasCaughtUp;
    },
    get pausing() {
      return pausing;
    },
    get isMore() {
      return isMore;
    },
  };
}

/**
 * Returns the log text of a finished act, such as `ada@host asked at 2026-07-01T10:00:00.000Z for retry of contact C1:
 * 3 messages done, 1 message left unchanged.`
 */
function textOf({ act, askedBy, askedMs, done, passedOver, gone }: RecordedAct): string {
  const asked = `${askedBy} asked at ${new Date(askedMs).toISOString()} for`;
  if (act === null) return `${asked} an act that this version does not know: nothing was done.`;
  if (act.act === 'pause' || act.act === 'resume') return `${asked} ${act.act}.`;
  const parts = [`${counted(done, 'message')} done`];
  if (passedOver > 0) parts.push(`${counted(passedOver, 'message')} left unchanged`);
  if (gone > 0) parts.push(`${counted(gone, 'message')} without a kept body`);
  return `${asked} ${act.act} ${wordsOf(act)}: ${parts.join(', ')}.`;
}

/** The most contacts that a notice names. */
const NAMED = 10;

function deletedText(contactIds: readonly string[]): string {
  const rest = contactIds.length - NAMED;
  const names = contactIds.slice(0, NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  return `Messages of ${counted(contactIds.length, 'contact')} were not sent again, since the API no longer has these contacts: ${names}. To send the messages nevertheless: give dbsync deliveries replay with --even-if-deleted`;
}

function wordsOf(act: Exclude<DeliveryAct, { act: 'pause' | 'resume' }>): string {
  if (act.act === 'replay') {
    return `of messages that were accepted from ${new Date(act.sinceMs).toISOString()} to ${new Date(act.untilMs).toISOString()}`;
  }
  return selectionText(act.selection);
}

function selectionText(selection: DeliverySelection): string {
  if ('contactId' in selection) return `of contact ${selection.contactId}`;
  return 'ids' in selection ? `of ${selection.ids.join(', ')}` : 'of all waiting messages';
}
