import { mix } from './random.js';

/**
 * The times at which the contacts of the past were made and called. Contact after contact is made in even steps, and
 * all changes of one happen within {@link ACTIVE_MS}: so a window of time gives the contacts to read, without an index.
 */
export interface Timeline {
  readonly contacts: number;
  readonly startMs: number;
  readonly endMs: number;
  createdAt(index: number): number;
  /** Returns a time that grows with the index, and comes after all changes of the contact. */
  changedAt(index: number): number;
  transactionCount(index: number): number;
  firedAt(index: number, transaction: number): number;
  /** Returns the first contact changed at or after that instant; `contacts` where there is none. */
  firstChangedSince(ms: number): number;
  /** Returns contacts of which a transaction of the past was fired in `[fromMs, toMs)`. */
  firedBetween(fromMs: number, toMs: number): number[];
}

/** The time after its creation in which a contact of the past still changes. */
const ACTIVE_MS = 4 * 3_600_000;

export interface TimelineOptions {
  readonly seed: number;
  readonly contacts: number;
  /** The mean number of transactions of a contact. */
  readonly transactions: number;
  readonly startMs: number;
  readonly endMs: number;
}

export function createTimeline(options: TimelineOptions): Timeline {
  const { contacts, transactions, startMs, endMs } = options;
  const countSeed = mix(options.seed, 2);
  const firedSeed = mix(options.seed, 3);
  const stepMs = Math.max(1, (endMs - startMs - ACTIVE_MS) / Math.max(1, contacts));

  const createdAt = (index: number) => Math.floor(startMs + index * stepMs);
  const changedAt = (index: number) => createdAt(index) + ACTIVE_MS;
  const transactionCount = (index: number) => {
    if (index >= contacts) return 0;
    const hash = mix(countSeed, index);
    return Math.floor(transactions * (0.5 + (hash >>> 16) / 0x10000) + (hash & 0xffff) / 0x10000);
  };
  const firedAt = (index: number, transaction: number) => {
    const slotMs = ACTIVE_MS / (transactionCount(index) + 1);
    const within = mix(firedSeed + transaction, index) / 0x1_0000_0000;
    return Math.floor(createdAt(index) + (transaction + within) * slotMs);
  };
  const firstMadeSince = (ms: number) => {
    let index = Math.min(contacts, Math.max(0, Math.floor((ms - startMs) / stepMs) - 1));
    while (index < contacts && createdAt(index) < ms) index++;
    return index;
  };
  const firedBetween = (fromMs: number, toMs: number) => {
    const found: number[] = [];
    const end = firstMadeSince(toMs);
    for (let index = firstMadeSince(fromMs - ACTIVE_MS); index < end; index++) {
      const count = transactionCount(index);
      for (let transaction = 0; transaction < count; transaction++) {
        const fired = firedAt(index, transaction);
        if (fired < fromMs || fired >= toMs) continue;
        found.push(index);
        break;
      }
    }
    return found;
  };
  const firstChangedSince = (ms: number) => firstMadeSince(ms - ACTIVE_MS);
  return {
    contacts,
    startMs,
    endMs,
    createdAt,
    changedAt,
    transactionCount,
    firedAt,
    firstChangedSince,
    firedBetween,
  };
}
