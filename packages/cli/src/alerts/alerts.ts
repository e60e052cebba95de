import type { Clock, Observer } from '@dbsync/core';
import type { Redactor } from '@dbsync/core/cli-kit';
import type { SinkNotice } from '@dbsync/core/contract';
import type { Alert, AlertChannel } from './alert.js';
import { createAlertBook } from './alert-book.js';

/** Sends alerts beside a run. No call waits for a receiver, and a failure never harms the run. */
export interface Alerts {
  readonly observe: Observer;
  /** Notes that an error ends the process. */
  failed(code: string, message: string): void;
  /** Resolves when no alert is under way. */
  idle(): Promise<void>;
  /** Waits a moment for alerts under way, then ends. */
  close(): Promise<void>;
}

export interface AlertsOptions {
  readonly channels: readonly AlertChannel[];
  readonly clock: Clock;
  /** Masks secrets in the text of an alert. */
  readonly redact: Redactor;
  /** Reports the first failure of a channel, until it works again. */
  readonly notify: (notice: SinkNotice) => void;
}

/** The pauses before a failed alert is sent again. */
const PAUSES_MS = [5_000, 60_000] as const;
/** So many alerts wait for a slow receiver; the oldest go first. */
const MAX_WAITING = 20;
/** How long the end of the process waits for alerts under way. */
const LAST_MS = 5_000;

export function createAlerts({ channels, clock, redact, notify }: AlertsOptions): Alerts {
  const book = createAlertBook(() => clock.monotonic(), redact);
  /** Ends pauses, and with them further attempts. */
  const ending = new AbortController();
  /** Ends attempts under way. */
  const closing = new AbortController();
  const signals = { ending: ending.signal, closing: closing.signal };
  const queues = channels.map((channel) => createQueue(channel, clock, notify, signals));
  const idle = async () => void (await Promise.all(queues.map((queue) => queue.idle())));
  const send = () => {
    for (const alert of book.take()) for (const queue of queues) queue.add(alert);
  };
  return {
    observe(event) {
      book.note(event);
      send();
    },
    failed(code, message) {
      book.noteFailure(code, message);
      send();
    },
    idle,
    async close() {
      ending.abort();
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

/** Sends the alerts of one channel, one after the other. */
function createQueue(
  channel: AlertChannel,
  clock: Clock,
  notify: AlertsOptions['notify'],
  { ending, closing }: Readonly<Record<'ending' | 'closing', AbortSignal>>,
): { add(alert: Alert): void; idle(): Promise<void> } {
  const waiting: Alert[] = [];
  let working: Promise<void> | null = null;
  let isTold = false;

  const send = async (alert: Alert): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await channel.send(alert, closing);
        isTold = false;
        return;
      } catch (error) {
        if (closing.aborted) return;
        if (!isTold) notify(notSent(channel, error));
        isTold = true;
        const pauseMs = PAUSES_MS[attempt];
        if (pauseMs === undefined) return;
        await clock.sleep(pauseMs, ending).catch(ignoreEnd);
        if (ending.aborted) return;
      }
    }
  };
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined && !closing.aborted; next = waiting.shift()) await send(next);
    working = null;
  };
  return {
    add(alert) {
      waiting.push(alert);
      if (waiting.length > MAX_WAITING) waiting.shift();
      working ??= work();
    },
    idle: async () => {
      await working;
    },
  };
}

function notSent({ option }: AlertChannel, error: unknown): SinkNotice {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `--${option}: an alert could not be sent (${reason}). dbsync tries it twice more; the copy is not affected.`;
  return { level: 'warn', code: 'CLI_ALERT_NOT_SENT', message };
}

/** Ignores the end of a sleep. */
function ignoreEnd(): void {}
