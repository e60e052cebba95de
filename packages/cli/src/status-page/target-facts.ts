import type { Clock } from '@dbsync/core';
import { withDeadline } from '@dbsync/core/cli-kit';
import type { Reporting, StreamFacts } from '@dbsync/core/contract';

/** The facts that only the target knows, such as the number of its dead letters. */
export interface TargetFacts {
  /**
   * Returns the facts, at most ten seconds old; null: the target did not answer in time. However many pages are asked for,
   * one call is under way.
   */
  read(): Promise<StreamFacts | null>;
}

/** The time for which facts are used. */
const FRESH_MS = 10_000;
/** A page is worth more than its facts: it does not wait longer for them. */
const ANSWER_MS = 2_000;

/**
 * Reads facts about a campaign from its target.
 *
 * @param signal aborts at the end of the process
 */
export function createTargetFacts(
  reporting: Pick<Reporting, 'describeStream'>,
  campaign: string,
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
  signal: AbortSignal,
): TargetFacts {
  let last: { readonly facts: Promise<StreamFacts | null>; readonly askedMs: number } | null = null;
  return {
    read() {
      const nowMs = clock.monotonic();
      if (last === null || nowMs - last.askedMs >= FRESH_MS) {
        const facts = withDeadline(clock, ANSWER_MS, signal, (call) => reporting.describeStream(campaign, call));
        last = { askedMs: nowMs, facts: facts.catch(() => null) };
      }
      return last.facts;
    },
  };
}
