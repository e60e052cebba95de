import type { Clock } from '../concurrency/clock.js';
import type { SteadyWall } from '../concurrency/steady-wall.js';
import type { BacklogEvent, DeliveryEvent, Observer } from '../observe/run-events.js';
import type { Backlog, Outcome } from '../outbox/faces/delivery-queue.js';

/** Reports the progress of deliveries to the log and the metrics. */
export interface DeliveryTally {
  /** Call when these ends have been committed. */
  settled(ends: readonly DeliveryEnd[]): void;
  /** Reports the backlog once a minute, if messages wait or attempts have ended since the last report. */
  tellBacklog(ask: () => Promise<Backlog>): Promise<void>;
}

/** The outcome of one attempt, with its contact. */
export interface DeliveryEnd {
  readonly contactId: string;
  readonly outcome: Outcome;
}

type Counts = BacklogEvent['ended'];

const BACKLOG_EVERY_MS = 60_000;
const NOTHING: Counts = { accepted: 0, failed: 0, postponed: 0, dead: 0 };

export function createDeliveryTally(clock: Clock, wall: SteadyWall, observe: Observer): DeliveryTally {
  let ended = NOTHING;
  let reportedMs = clock.monotonic();
  let isWaiting = true;

  return {
    settled(ends) {
      const counts = countOf(ends);
      ended = sumOf(ended, counts);
      observe({ type: 'delivery', ...counts } satisfies DeliveryEvent);
      for (const { contactId, outcome } of ends) {
        if (outcome.outcome !== 'dead') continue;
        const { code, failure } = outcome;
        observe({ type: 'dead-letter', kind: 'message', contactId, code, reason: failure.reason });
      }
    },
    async tellBacklog(ask) {
      if (clock.monotonic() - reportedMs < BACKLOG_EVERY_MS) return;
      reportedMs = clock.monotonic();
      if (!isWaiting && ended === NOTHING) return;
      const { messages, contacts, oldestMs } = await ask();
      isWaiting = messages > 0;
      const waitedMs = oldestMs === null ? null : Math.max(0, wall.now() - oldestMs);
      observe({ type: 'backlog', messages, contacts, oldestMs: waitedMs, ended });
      ended = NOTHING;
    },
  };
}

function countOf(ends: readonly DeliveryEnd[]): Counts {
  const counts = { ...NOTHING };
  for (const { outcome } of ends) counts[outcome.outcome] += 1;
  return counts;
}

function sumOf(a: Counts, b: Counts): Counts {
  return {
    accepted: a.accepted + b.accepted,
    failed: a.failed + b.failed,
    postponed: a.postponed + b.postponed,
    dead: a.dead + b.dead,
  };
}
