import type { Clock, Observer } from '@dbsync/core';
import type { Redactor } from '@dbsync/core/cli-kit';
import type { SinkNotice } from '@dbsync/core/contract';
import type { Alert, AlertChannel } from './alert.js';
import { type AlertKey, createAlertBook, type DueAlert } from './alert-book.js';
import type { AlertMemory } from './alert-memory.js';

/** Sends alerts beside a run. No call waits for a receiver, and a failure never harms the run. */
export interface Alerts {
  readonly observe: Observer;
  /** Notes that an error ends the process. @param what the fixed description of the code; null: it has none */
  failed(code: string, what: string | null): void;
  /** Resolves when no alert is under way. */
  idle(): Promise<void>;
  /** Sends what is held back, once, waits a moment for alerts under way, then ends. */
  close(): Promise<void>;
}

export interface AlertsOptions {
  readonly channels: readonly AlertChannel[];
  readonly clock: Clock;
  /** Masks secrets in the text of an alert. */
  readonly redact: Redactor;
  /** Reports the first failure of a channel, until it works again. */
  readonly notify: (notice: SinkNotice) => void;
  readonly memory: AlertMemory;
}

/** The pauses before an alert is sent again; the last one repeats. */
const PAUSES_MS = [5_000, 60_000, 5 * 60_000, 15 * 60_000] as const;
const LAST_PAUSE_MS = 15 * 60_000;
/** The time for which the end of the process waits for alerts under way. */
const LAST_MS = 5_000;

export function createAlerts({ channels, clock, redact, notify, memory }: AlertsOptions): Alerts {
  const book = createAlertBook(clock, redact, memory);
  /** Ends pauses, and with them further attempts. */
  const ending = new AbortController();
  /** Ends attempts under way. */
  const closing = new AbortController();
  const signals = { ending: ending.signal, closing: closing.signal };
  const reporting = { notify, delivered: book.delivered };
  const queues = channels.map((channel) => createQueue(channel, clock, reporting, signals));
  const idle = async () => void (await Promise.all(queues.map((queue) => queue.idle())));
  const send = (alerts = book.take()) => {
    for (const alert of alerts) for (const queue of queues) queue.add(alert);
  };
  return {
    observe(event) {
      book.note(event);
      send();
    },
    failed(code, what) {
      book.noteFailure(code, what);
      send();
    },
    idle,
    async close() {
      ending.abort();
      send(book.take({ isEnd: true }));
      const patience = new AbortController();
      const ended = idle();
      await Promise.race([ended, clock.sleep(LAST_MS, patience.signal).catch(ignoreEnd)]);
      patience.abort();
      closing.abort(new Error('the process ends'));
      await ended;
      for (const channel of channels) channel.close();
    },
  };
}

/** Sends the alerts of one channel, one after the other, each until it is delivered or a newer one of its kind takes its place. */
function createQueue(
  channel: AlertChannel,
  clock: Clock,
  { notify, delivered }: { readonly notify: AlertsOptions['notify']; delivered(key: AlertKey): void },
  { ending, closing }: Readonly<Record<'ending' | 'closing', AbortSignal>>,
): { add(due: DueAlert): void; idle(): Promise<void> } {
  /** The newest alert of each kind that is not delivered. */
  const waiting = new Map<AlertKey, Alert>();
  let working: Promise<void> | null = null;
  let failures = 0;

  const dropUnlessNewer = (key: AlertKey, alert: Alert) => {
    if (waiting.get(key) === alert) waiting.delete(key);
  };
  const failed = async (key: AlertKey, alert: Alert, error: unknown) => {
    if (failures === 0) notify(notSent(channel, error));
    const pauseMs = PAUSES_MS[failures] ?? LAST_PAUSE_MS;
    failures += 1;
    if (ending.aborted) return dropUnlessNewer(key, alert);
    // The others go first, so that a receiver that refuses one alert gets the rest.
    const newest = waiting.get(key) ?? alert;
    waiting.delete(key);
    waiting.set(key, newest);
    await clock.sleep(pauseMs, ending).catch(ignoreEnd);
  };
  const work = async () => {
    for (let next = firstOf(waiting); next !== null && !closing.aborted; next = firstOf(waiting)) {
      const { key, alert } = next;
      try {
        await channel.send(alert, closing);
        failures = 0;
        dropUnlessNewer(key, alert);
        delivered(key);
      } catch (error) {
        if (!closing.aborted) await failed(key, alert, error);
      }
    }
    working = null;
  };
  return {
    add({ key, alert }) {
      const count = alert.count + (waiting.get(key)?.count ?? 0);
      waiting.set(key, { ...alert, count });
      working ??= work();
    },
    idle: async () => {
      await working;
    },
  };
}

function firstOf(waiting: ReadonlyMap<AlertKey, Alert>): DueAlert | null {
  for (const [key, alert] of waiting) return { key, alert };
  return null;
}

function notSent({ option }: AlertChannel, error: unknown): SinkNotice {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `--${option}: an alert could not be sent (${reason}). dbsync tries it again, with growing pauses; the copy is not affected.`;
  return { level: 'warn', code: 'CLI_ALERT_NOT_SENT', message };
}

/** Ignores the end of a sleep. */
function ignoreEnd(): void {}
