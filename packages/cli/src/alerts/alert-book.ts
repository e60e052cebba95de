import type { Clock, CycleEvent, RunEvent } from '@dbsync/core';
import type { Redactor } from '@dbsync/core/cli-kit';
import { cappedText } from '../reporting/capped-text.js';
import type { Alert, AlertKind } from './alert.js';
import type { AlertMemory } from './alert-memory.js';
import { endedText, lateText, letterText, recoveredText, unableText } from './alert-text.js';

/**
 * Decides which events become alerts: at most one of each kind an hour, also across restarts. What is held back is counted, and
 * goes with the next.
 */
export interface AlertBook {
  note(event: RunEvent): void;
  /** Notes that an error ends the process. @param what the fixed description of the code; null: it has none */
  noteFailure(code: string, what: string | null): void;
  /** Returns the alerts that are due now, each once. At the end of the process, once an hour, all that is held back. */
  take(options?: { readonly isEnd: boolean }): readonly DueAlert[];
  /** Notes that an alert was delivered. */
  delivered(key: AlertKey): void;
}

/** The alerts with an hour of their own. `ended` is an alert `unable` too: it does not wait for the hour of another. */
export type AlertKey = AlertKind | 'ended';

/** An alert to send now. */
export interface DueAlert {
  readonly key: AlertKey;
  readonly alert: Alert;
}

/** A chat shows no more. */
const MAX_CHARACTERS = 1_000;
const HOUR_MS = 3_600_000;
/** An error that has lasted for ten minutes is reported at this level. */
const LASTING = 'error';
/** A copy up to this far behind is current, whatever the interval. */
const NEVER_LATE_MS = 60_000;
/** The end of a process, which sends what is held back, has an hour of its own. */
const END = 'end';

export function createAlertBook(
  clock: Pick<Clock, 'now' | 'monotonic'>,
  redact: Redactor,
  memory: AlertMemory,
): AlertBook {
  const remembered = memory.read();
  const sent = new Map(Object.entries(remembered.sentMs).map(([key, ms]) => [key, monotonicOf(ms, clock)] as const));
  const deliveredMs: Record<string, number> = { ...remembered.sentMs };
  const held = new Map<AlertKey, Omit<Alert, 'kind'>>();
  /** The troubles that last: `late`, or the side that the run waits for. */
  const lasting = new Set<string>();
  /** True where an alert has reported something that lasts. */
  let isAlarmed = remembered.isAlarmed;

  const hold = (key: AlertKey, code: string | null, text: string) => {
    const shown = cappedText(redact(text), redact, MAX_CHARACTERS);
    held.set(key, { code, text: shown, count: (held.get(key)?.count ?? 0) + 1 });
  };
  const alarm = (key: 'late' | 'unable' | 'ended', cause: string, code: string, text: string) => {
    lasting.add(cause);
    held.delete('recovered');
    hold(key, code, text);
  };
  const end = (cause: string, text: string) => {
    if (!lasting.delete(cause)) return;
    const kind = kindOf(cause);
    if (![...lasting].some((other) => kindOf(other) === kind)) held.delete(kind);
    if (lasting.size === 0 && isAlarmed) hold('recovered', null, text);
  };
  const mark = (key: string) => {
    sent.set(key, clock.monotonic());
    deliveredMs[key] = clock.now();
    memory.keep({ sentMs: deliveredMs, isAlarmed });
  };
  const isDue = (key: string) => clock.monotonic() - (sent.get(key) ?? Number.NEGATIVE_INFINITY) >= HOUR_MS;

  return {
    note(event) {
      if (event.type === 'behind') alarm('late', 'late', event.code, lateText(event));
      else if (event.type === 'caught-up') end('late', 'The copy is current again.');
      else if (event.type === 'waiting' && event.level === LASTING)
        alarm('unable', event.for, event.code, unableText(event));
      else if (event.type === 'recovered') end(event.for, recoveredText(event));
      // Another process has the campaign: no trouble of this one lasts.
      else if (event.type === 'standby') for (const cause of [...lasting]) end(cause, 'Another process continues.');
      else if (event.type === 'dead-letter') hold('dead-letter', event.code, letterText(event));
      else if (event.type === 'cycle' && isCurrent(event) && isAlarmed && lasting.size === 0 && !held.has('recovered'))
        hold('recovered', null, 'dbsync completes cycles again.');
    },
    noteFailure: (code, what) => alarm('ended', 'process', code, endedText(code, what)),
    take({ isEnd } = { isEnd: false }) {
      const isLast = isEnd && held.size > 0 && isDue(END);
      const due = [...held].filter(([key]) => isDue(key) || (isLast && key !== 'ended'));
      if (isLast) mark(END);
      for (const [key] of due) {
        held.delete(key);
        sent.set(key, clock.monotonic());
        if (key === 'recovered') isAlarmed = false;
        else if (key !== 'dead-letter') isAlarmed = true;
      }
      return due.map(([key, alert]) => ({ key, alert: { kind: key === 'ended' ? 'unable' : key, ...alert } }));
    },
    delivered: (key) => mark(key),
  };
}

/** Returns the time by the clock that never goes back. A time to come, after a change of the clock, counts as never. */
function monotonicOf(ms: number, clock: Pick<Clock, 'now' | 'monotonic'>): number {
  const agoMs = clock.now() - ms;
  return agoMs < 0 ? Number.NEGATIVE_INFINITY : clock.monotonic() - agoMs;
}

/** Returns the kind of the alert about a trouble that lasts. */
function kindOf(cause: string): 'late' | 'unable' {
  return cause === 'late' ? 'late' : 'unable';
}

/** True where the copy is current and deliveries go out. */
function isCurrent({ lagMs, deliveries }: CycleEvent): boolean {
  return lagMs !== null && lagMs <= NEVER_LATE_MS && (deliveries === undefined || deliveries.state === 'up');
}
