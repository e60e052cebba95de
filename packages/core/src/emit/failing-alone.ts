import type { Clock } from '../concurrency/clock.js';
import type { Batch } from '../contract/index.js';

/**
 * A record that has failed for this time becomes a dead letter, even if no other record of its kind was written
 * meanwhile.
 */
const LONE_MS = 5 * 60_000;
/**
 * The largest number of records in a row that become dead letters in this way. If more fail, no record of the kind can
 * be written, and the run ends.
 */
const MOST_LONE = 3;

type RecordKind = 'contact' | 'call';

/**
 * Decides whether an error that the sink does not know concerns one record or all records (R34). It concerns one record
 * if other records of its kind were written meanwhile. In a quiet campaign there are no others: there it concerns one
 * record after five minutes, for three records in a row, while dead letters can be committed.
 */
export interface FailingAlone {
  committed(batch: Batch): void;
  /**
   * Reports which contacts have dead letters. If such a contact fails again, it becomes a dead letter at once, even if
   * no other contact is written meanwhile.
   */
  mayFail(contactIds: Iterable<string>): void;
  /** Follows one write from its first failure with such an error. The returned function decides for one record. */
  follow(): (record: RecordKind, id: string) => boolean;
}

export function createFailingAlone(clock: Clock): FailingAlone {
  const commits = { contact: 0, call: 0 };
  /** The records that were judged to fail alone, since the last commit of their kind. */
  const lone = { contact: new Set<string>(), call: new Set<string>() };
  let known: ReadonlySet<string> = new Set();

  const countCommit = (record: RecordKind) => {
    commits[record] += 1;
    lone[record].clear();
  };
  return {
    committed({ contacts, inboundCalls }) {
      if (contacts.length > 0) countCommit('contact');
      if (inboundCalls.length > 0) countCommit('call');
    },
    mayFail(contactIds) {
      known = new Set(contactIds);
    },
    follow() {
      const before = { ...commits };
      const sinceMs = clock.monotonic();
      return (record, id) => {
        if (commits[record] > before[record] || (record === 'contact' && known.has(id))) return true;
        if (clock.monotonic() - sinceMs < LONE_MS) return false;
        if (lone[record].size < MOST_LONE) lone[record].add(id);
        return lone[record].has(id);
      };
    },
  };
}
