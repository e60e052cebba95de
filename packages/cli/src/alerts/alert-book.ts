import type { RunEvent } from '@dbsync/core';
import type { Redactor } from '@dbsync/core/cli-kit';
import { cappedText } from '../reporting/capped-text.js';
import { eventLine } from '../reporting/event-line.js';
import type { Alert, AlertKind } from './alert.js';

/** Decides which events become alerts: at most one of each kind an hour. What is held back is counted, and goes with the next. */
export interface AlertBook {
  note(event: RunEvent): void;
  /** Notes that an error ends the process. */
  noteFailure(code: string, message: string): void;
  /** Returns the alerts that are due now, each once. */
  take(): readonly Alert[];
}

/** A chat shows no more. */
const MAX_CHARACTERS = 1_000;
const HOUR_MS = 3_600_000;
/** An error that has lasted for ten minutes is reported at this level. */
const LASTING = 'error';

/** @param now a clock that never goes back */
export function createAlertBook(now: () => number, redact: Redactor): AlertBook {
  const sentMs = new Map<AlertKind, number>();
  const held = new Map<AlertKind, Omit<Alert, 'kind'>>();
  /** The troubles that last: `late`, or the side that the run waits for. */
  const lasting = new Set<string>();
  /** True where an alert has told of something that lasts. */
  let isAlarmed = false;

  const hold = (kind: AlertKind, code: string | null, text: string) => {
    const shown = cappedText(redact(text), redact, MAX_CHARACTERS);
    held.set(kind, { code, text: shown, count: (held.get(kind)?.count ?? 0) + 1 });
  };
  const alarm = (kind: 'late' | 'unable', cause: string, code: string, text: string) => {
    lasting.add(cause);
    held.delete('recovered');
    hold(kind, code, text);
  };
  const end = (cause: string, text: string) => {
    if (!lasting.delete(cause)) return;
    const kind = kindOf(cause);
    if (![...lasting].some((other) => kindOf(other) === kind)) held.delete(kind);
    if (lasting.size === 0 && isAlarmed) hold('recovered', null, text);
  };

  return {
    note(event) {
      const { text } = eventLine(event, { daemon: true });
      if (event.type === 'behind') alarm('late', 'late', event.code, text);
      else if (event.type === 'caught-up') end('late', text);
      else if (event.type === 'waiting' && event.level === LASTING) alarm('unable', event.for, event.code, text);
      else if (event.type === 'recovered') end(event.for, text);
      // Another process has the campaign: no trouble of this one lasts.
      else if (event.type === 'standby') for (const cause of [...lasting]) end(cause, text);
      else if (event.type === 'dead-letter') hold('dead-letter', event.code, letterText(event));
    },
    noteFailure: (code, message) => alarm('unable', 'process', code, `dbsync has ended: ${code}: ${message}`),
    take() {
      const nowMs = now();
      const due = [...held].filter(([kind]) => nowMs - (sentMs.get(kind) ?? Number.NEGATIVE_INFINITY) >= HOUR_MS);
      for (const [kind] of due) {
        held.delete(kind);
        sentMs.set(kind, nowMs);
        if (kind === 'late' || kind === 'unable') isAlarmed = true;
        if (kind === 'recovered') isAlarmed = false;
      }
      return due.map(([kind, alert]) => ({ kind, ...alert }));
    },
  };
}

/** Returns the kind of the alert about a trouble that lasts. */
function kindOf(cause: string): 'late' | 'unable' {
  return cause === 'late' ? 'late' : 'unable';
}

/** Names the record, and leaves its reason out: that may quote values. */
function letterText({ kind, contactId, code }: Extract<RunEvent, { type: 'dead-letter' }>): string {
  const what = contactId === null ? kind : `${kind} of contact ${contactId}`;
  return `Set aside as a dead letter: ${what}: ${code}. See dbsync dead-letters list.`;
}
