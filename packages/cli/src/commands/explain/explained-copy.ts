import type { ContactExplanation } from '@dbsync/core/cli-kit';
import type { ExplainedLetter } from './explained-letters.js';
import type { LoggedWrites } from './logged-writes.js';

/** The object that `explain --json` prints for a database. */
export interface ExplainedCopy {
  readonly type: 'explained';
  readonly campaign: string;
  readonly target: string;
  /** The id that was given. */
  readonly id: string;
  /** The table of the record that the id names; null: no stored record has it. */
  readonly named: string | null;
  /** For a call alone: the id of the call. */
  readonly contact: string;
  readonly verdict: ContactExplanation['verdict'];
  readonly api: ExplainedInApi | null;
  readonly copy: ContactExplanation['copy'];
  readonly differences: readonly ExplainedDifference[];
  /** Inbound calls that differ, and that the process which holds the campaign reads again within 15 minutes. */
  readonly dueCalls: readonly string[];
  readonly deadLetters: readonly ExplainedLetter[];
  /** The time since when complete listings lack the contact, ISO 8601; null: they do not. */
  readonly missedSince: string | null;
  readonly since: string | null;
  readonly eventsUntil: string | null;
  readonly listedFrom: string | null;
  /** The process that holds the campaign now; null: none. */
  readonly heldBy: { readonly host: string; readonly pid: number } | null;
  readonly log: LoggedWrites;
}

/** The contact as the API has it. */
export interface ExplainedInApi {
  readonly state: 'there' | 'gone' | 'unread';
  readonly md5: string | null;
  readonly records: { readonly transactions: number; readonly connections: number; readonly recordings: number } | null;
  readonly filteredOut: readonly object[];
  readonly code: string | null;
  readonly reason: string | null;
}

/** One difference. Null: there is no such row, or no value. */
export interface ExplainedDifference {
  readonly kind: 'missing' | 'stale' | 'broken' | 'unproved' | 'row' | 'cell';
  readonly table: string;
  readonly rowId: string;
  readonly column?: string;
  readonly field?: string;
  readonly api?: string | null;
  readonly copy?: string | null;
}
