import type { DeliveriesExplanation, ExplainedTransaction } from '@dbsync/core/cli-kit';
import type { ExplainedInApi } from './explained-copy.js';
import type { ExplainedLetter } from './explained-letters.js';

/** The object that `explain --json` prints for webhook mode. */
export interface ExplainedOutbox {
  readonly type: 'explained';
  readonly campaign: string;
  readonly target: string;
  readonly outbox: string;
  /** The id that was given. */
  readonly id: string;
  readonly named: string | null;
  readonly contact: string;
  readonly verdict: DeliveriesExplanation['verdict'];
  readonly api: ExplainedInApi | null;
  /** Transactions that were fired before are not sent, ISO 8601; null: there is no such instant. */
  readonly start: string | null;
  readonly transactions: readonly ExplainedTransaction[];
  readonly deliveries: readonly ExplainedDelivery[];
  readonly deadLetters: readonly ExplainedLetter[];
  readonly eventsUntil: string | null;
  readonly heldBy: { readonly host: string; readonly pid: number } | null;
}

/** A message, without its body: `deliveries show` prints that. */
export type ExplainedDelivery = Omit<DeliveriesExplanation['deliveries'][number], 'body'>;
