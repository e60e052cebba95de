import type { VerifyReport } from '@dbsync/core/cli-kit';
import { formatCount, formatCounted } from '../terminal/figures.js';
import { textTable } from '../terminal/text-table.js';

/** One thing that a comparison found, as `--json` prints it. */
export interface VerifyFinding {
  readonly type: 'finding';
  readonly kind: FindingKind;
  /** Null: an orphan that names no contact. */
  readonly contact: string | null;
  /** The table and the id of the row; only for an orphan. */
  readonly table?: string;
  readonly id?: string;
}

type FindingKind = 'missing' | 'stale' | 'broken' | 'unproved' | 'orphan' | 'gone' | 'dead-letter';

/** The last line of `--json`. */
export interface VerifySummary {
  readonly type: 'verified';
  readonly campaign: string;
  readonly target: string;
  /** Contacts that were compared. */
  readonly contacts: number;
  /** Findings that are differences. */
  readonly differences: number;
  readonly found: Readonly<Record<FindingKind, number>>;
  readonly since: string | null;
  readonly md5Proves: boolean;
}

const MEANING: Readonly<Record<FindingKind, string>> = {
  missing: 'the copy has no row of it',
  stale: 'the row has another version than the campaign',
  broken: 'rows below it are gone, or another program added some',
  unproved: 'dbsync did not write the row as it is',
  orphan: 'a row whose parent is not there',
  gone: 'the campaign no longer has it; no difference',
  'dead-letter': 'see dbsync dead-letters list; no difference',
};
/** Findings that are expected, so the exit code does not count them. */
const NO_DIFFERENCE: ReadonlySet<FindingKind> = new Set(['gone', 'dead-letter']);
/** The most findings on the screen; `--json` has all. */
const SHOWN = 50;

/** Returns all that was found, differences first. */
export function findingsOf({ differences, orphans, gone, deadLetters }: VerifyReport): readonly VerifyFinding[] {
  const type = 'finding';
  return [
    ...differences.map(({ contactId, kind }) => ({ type, kind, contact: contactId }) as const),
    ...orphans.map(({ table, id, contactId }) => ({ type, kind: 'orphan', contact: contactId, table, id }) as const),
    ...gone.map((contact) => ({ type, kind: 'gone', contact }) as const),
    ...deadLetters.map((contact) => ({ type, kind: 'dead-letter', contact }) as const),
  ];
}

/** Counts the findings of a comparison. */
export function summaryOf(
  { contacts, since, md5Proves }: VerifyReport,
  findings: readonly VerifyFinding[],
  campaign: string,
  target: string,
): VerifySummary {
  const found = { missing: 0, stale: 0, broken: 0, unproved: 0, orphan: 0, gone: 0, 'dead-letter': 0 };
  for (const { kind } of findings) found[kind] += 1;
  const differences = findings.filter(({ kind }) => !NO_DIFFERENCE.has(kind)).length;
  return { type: 'verified', campaign, target, contacts, differences, found, since, md5Proves };
}

/** Writes the result for operators: the findings, the conclusion, and the next steps. */
export function verifyLines(findings: readonly VerifyFinding[], summary: VerifySummary): readonly string[] {
  const table = textTable(
    ['CONTACT', 'FOUND', 'MEANING'],
    findings
      .slice(0, SHOWN)
      .map(({ kind, contact, table: of, id }) => [
        contact ?? '-',
        of === undefined ? kind : `${kind} ${of} ${id}`,
        MEANING[kind],
      ]),
  );
  const more = findings.length - SHOWN;
  return [
    ...(findings.length === 0 ? [] : table),
    ...(more > 0 ? [`and ${formatCount(more)} more: --json names all`] : []),
    ...(findings.length === 0 ? [] : ['']),
    ...verdictOf(summary),
  ];
}

function verdictOf({ campaign, target, contacts, differences, found, since, md5Proves }: VerifySummary): string[] {
  const compared = `${formatCounted(contacts, 'contact')} of campaign ${campaign} compared with ${target}`;
  const counts = Object.entries(found).filter(([, count]) => count > 0);
  const named = counts.map(([kind, count]) => `${formatCount(count)} ${kind}`).join(', ');
  const lines =
    differences === 0
      ? [`${compared}: no differences.${named === '' ? '' : ` Beside them: ${named}.`}`]
      : [
          `${compared}: ${formatCounted(differences, 'difference')}: ${named}.`,
          'To fetch the contacts that differ again: the same command with --repair',
        ];
  if (since !== null)
    lines.push(`The copy begins at ${since}: contacts that the campaign has deleted were not looked for.`);
  if (!md5Proves)
    lines.push('The API has recently changed contacts without changing their md5: a difference may be missed.');
  return lines;
}
