import type { DifferingCall, VerifyReport } from '@dbsync/core/cli-kit';
import type { RowDifference } from '@dbsync/core/contract';

/** One thing that a comparison found, as `--json` prints it. */
export interface VerifyFinding {
  readonly type: 'finding';
  readonly kind: FindingKind;
  /** Null: an orphan that names no contact, or an inbound call. */
  readonly contact: string | null;
  /** The table and the id of the row, where the finding is about a row. */
  readonly table?: string;
  readonly id?: string;
  /** The column, and the value that the API has and that the copy has; only for a cell. Null: none. */
  readonly column?: string;
  /** The field within `$overflow`, where the column is that one. */
  readonly field?: string;
  readonly api?: string | null;
  readonly copy?: string | null;
}

/** The kinds of findings, in the order in which `found` counts them. */
export const FINDING_KINDS = [
  'missing',
  'stale',
  'broken',
  'unproved',
  'row',
  'cell',
  'orphan',
  'missing-call',
  'stale-call',
  'unfetched',
  'gone',
  'dead-letter',
  'due-call',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** The last line of `--json`. */
export interface VerifySummary {
  readonly type: 'verified';
  readonly campaign: string;
  readonly target: string;
  /** Contacts that were compared. */
  readonly contacts: number;
  /** Inbound calls that were compared; null: they were left out. */
  readonly calls: number | null;
  /** Findings that are differences. */
  readonly differences: number;
  readonly found: Readonly<Record<FindingKind, number>>;
  readonly since: string | null;
  readonly md5Proves: boolean;
  /** The first copy was still being loaded. Absent: it was not. */
  readonly isLoading?: true;
  /** False: there were more differences than are named, and what is behind them was not compared. */
  readonly isWhole: boolean;
}

/** Findings that are expected, so the exit code does not count them. */
const NO_DIFFERENCE: ReadonlySet<FindingKind> = new Set(['gone', 'dead-letter', 'due-call']);
const type = 'finding';

/**
 * Returns all that was found, differences first.
 * @param deep names the cells of inbound calls
 */
export function findingsOf(report: VerifyReport, deep: boolean): readonly VerifyFinding[] {
  const { differences, rows, orphans, differingCalls, unfetched, gone, deadLetters, dueCalls, refusedCalls } = report;
  return [
    ...differences.map(({ contactId, kind }) => ({ type, kind, contact: contactId }) as const),
    ...rows.flatMap(cellsOf),
    ...orphans.map(({ table, id, contactId }) => ({ type, kind: 'orphan', contact: contactId, table, id }) as const),
    ...differingCalls.flatMap((call) => (deep && call.cells.length > 0 ? cellsOf(call) : [findingOfCall(call)])),
    ...unfetched.map((contact) => ({ type, kind: 'unfetched', contact }) as const),
    ...gone.map((contact) => ({ type, kind: 'gone', contact }) as const),
    ...deadLetters.map((contact) => ({ type, kind: 'dead-letter', contact }) as const),
    ...refusedCalls.map(({ kind: table, id }) => ({ type, kind: 'dead-letter', contact: null, table, id }) as const),
    ...dueCalls.map(({ kind: table, id }) => ({ type, kind: 'due-call', contact: null, table, id }) as const),
  ];
}

/** Counts the findings of a comparison. */
export function summaryOf(
  { contacts, calls, since, md5Proves, isLoading, isWhole }: VerifyReport,
  findings: readonly VerifyFinding[],
  campaign: string,
  target: string,
): VerifySummary {
  const found = Object.fromEntries(FINDING_KINDS.map((kind) => [kind, 0])) as Record<FindingKind, number>;
  for (const { kind } of findings) found[kind] += 1;
  const differences = findings.filter(({ kind }) => !NO_DIFFERENCE.has(kind)).length;
  const load = isLoading && { isLoading };
  return {
    type: 'verified',
    campaign,
    target,
    contacts,
    calls,
    differences,
    found,
    since,
    md5Proves,
    ...load,
    isWhole,
  };
}

function cellsOf({ kind: table, id, contactId, cells }: RowDifference): readonly VerifyFinding[] {
  if (cells.length === 0) return [{ type, kind: 'row', contact: contactId, table, id }];
  return cells.map(({ name: column, field, expected, stored }) => {
    const ofOverflow = column === '$overflow' && field !== null ? { field } : {};
    return { type, kind: 'cell', contact: contactId, table, id, column, ...ofOverflow, api: expected, copy: stored };
  });
}

function findingOfCall({ kind: table, id, cells }: DifferingCall): VerifyFinding {
  return { type, kind: cells.length === 0 ? 'missing-call' : 'stale-call', contact: null, table, id };
}
