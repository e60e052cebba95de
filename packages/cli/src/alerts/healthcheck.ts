import type { CycleEvent, Observer } from '@dbsync/core';
import type { UrlClient } from '@dbsync/core/cli-kit';
import type { SinkNotice } from '@dbsync/core/contract';

/** Calls a URL after each cycle while the copy is current and deliveries go out, as healthchecks.io and Uptime Kuma take it. */
export interface Healthcheck {
  readonly observe: Observer;
  close(): Promise<void>;
}

export function createHealthcheck(client: UrlClient, notify: (notice: SinkNotice) => void): Healthcheck {
  const closing = new AbortController();
  let isLate = false;
  let isReported = false;
  /** The messages that wait for delivery, as the last report had them. */
  let waiting = 0;
  let calling: Promise<void> | null = null;

  const call = async (): Promise<void> => {
    try {
      await client.send({ method: 'GET' }, closing.signal);
      isReported = false;
    } catch (error) {
      if (closing.signal.aborted || isReported) return;
      isReported = true;
      const reason = error instanceof Error ? error.message : String(error);
      const message = `--healthcheck-url could not be called (${reason}). dbsync calls it again after each cycle; the copy is not affected.`;
      notify({ level: 'warn', code: 'CLI_HEALTHCHECK_FAILED', message });
    } finally {
      calling = null;
    }
  };

  return {
    observe(event) {
      if (event.type === 'behind') isLate = true;
      // Another process has the campaign, or this one is current: a new claim starts without lateness.
      if (event.type === 'caught-up' || event.type === 'standby') isLate = false;
      if (event.type === 'backlog') waiting = event.messages;
      if (event.type === 'cycle' && !isLate && !isHeldBack(event, waiting)) calling ??= call();
    },
    async close() {
      closing.abort(new Error('the process ends'));
      await calling;
      client.close();
    },
  };
}

/** True where messages wait that the receiver does not take. */
function isHeldBack({ deliveries }: CycleEvent, waiting: number): boolean {
  return deliveries !== undefined && deliveries.state !== 'up' && waiting > 0;
}
