import { formatCount, formatCounted } from '../terminal/figures.js';
import { textTable } from '../terminal/text-table.js';
import { wrapText } from '../terminal/wrap-text.js';
import type { FindingKind, VerifyFinding, VerifySummary } from './verify-findings.js';

const MEANING: Readonly<Record<Exclude<FindingKind, 'cell'>, string>> = {
  missing: 'the copy has no row of it',
  stale: 'the row has another version than the campaign',
  broken: 'rows below it are gone, or another program added some',
  unproved: 'the row is not as dbsync wrote it',
  row: 'the row does not exist',
  orphan: 'a row whose parent does not exist',
  'missing-call': 'the copy has no row of this inbound call',
  'stale-call': 'the row of this inbound call has other values',
  unfetched: 'the API did not give it, so its values were not compared',
  gone: 'the campaign no longer has it; no difference',
  'dead-letter': 'see dbsync dead-letters list; no difference',
  'due-call': 'the running process reads it again soon; no difference',
};
/** The most findings on the screen; `--json` has all. */
const SHOWN = 50;
/** The most characters of a value on the screen; `--json` has more of it. */
const VALUE = 68;
/** The screen fits a terminal of this width. */
const COLUMNS = 80;

/** Writes the result for operators: the findings, the conclusion, and the next steps. */
export function verifyLines(findings: readonly VerifyFinding[], summary: VerifySummary): readonly string[] {
  const shown = findings.slice(0, SHOWN);
  const cells = shown.filter(({ kind }) => kind === 'cell');
  const others = shown.filter(({ kind }) => kind !== 'cell');
  const more = findings.length - SHOWN;
  return [
    ...(others.length === 0 ? [] : [...tableOfFindings(others), '', ...meaningsOf(others), '']),
    ...(cells.length === 0 ? [] : [...cells.flatMap(linesOfCell), '']),
    ...(more > 0 ? [`and ${formatCount(more)} more: --json names all`, ''] : []),
    ...verdictOf(summary).flatMap((line) => wrapText(line, COLUMNS)),
  ];
}

/** Writes that neither side has the contact of `--contact`. */
export function unknownLines(contact: string, { campaign, target }: VerifySummary): readonly string[] {
  const line = `Neither campaign ${campaign} nor its copy in ${target} has the contact ${contact}: nothing was compared. It may be misspelled, deleted, forgotten or of another campaign: see dbsync explain ${contact}`;
  return wrapText(line, COLUMNS);
}

function tableOfFindings(findings: readonly VerifyFinding[]): readonly string[] {
  const head = ['FOUND', 'CONTACT', 'TABLE', 'ID'];
  const rows = findings.map(({ kind, contact, table = '', id = '' }) => [kind, contact ?? '-', table, id]);
  const width = rows.some(([, , table]) => table !== '') ? 4 : 2;
  return textTable(
    head.slice(0, width),
    rows.map((row) => row.slice(0, width)),
  );
}

function meaningsOf(findings: readonly VerifyFinding[]): readonly string[] {
  const kinds = new Set(findings.map(({ kind }) => kind));
  return [...kinds].flatMap((kind) => (kind === 'cell' ? [] : wrapText(`${kind}: ${MEANING[kind]}`, COLUMNS)));
}

/** Writes a cell with both values. */
export function linesOfCell({ table = '', id = '', column = '', field, api = null, copy = null }: CellOfFinding) {
  const name = field === undefined ? column : `${column} ${field}`;
  return [`cell: ${table} ${id} ${name}`, `  API:  ${shownValue(api)}`, `  copy: ${shownValue(copy)}`];
}

type CellOfFinding = Pick<VerifyFinding, 'table' | 'id' | 'column' | 'field' | 'api' | 'copy'>;

function shownValue(value: string | null): string {
  if (value === null) return 'none';
  return value.length <= VALUE ? JSON.stringify(value) : `${JSON.stringify(value.slice(0, VALUE)).slice(0, -1)}..."`;
}

function verdictOf(summary: VerifySummary): string[] {
  const { campaign, target, contacts, calls, differences, found, since, md5Proves, isWhole } = summary;
  const named = Object.entries(found)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${formatCount(count)} ${kind}`)
    .join(', ');
  const ofCalls = calls === null ? '' : ` and ${formatCounted(calls, 'inbound call')}`;
  const compared = `${formatCounted(contacts, 'contact')}${ofCalls} of campaign ${campaign} compared with ${target}`;
  const lines =
    differences === 0
      ? [`${compared}: no differences.${named === '' ? '' : ` Also found: ${named}.`}`]
      : [
          `${compared}: ${formatCounted(differences, 'difference')}: ${named}.`,
          'To fetch the contacts that differ again: the same command with --repair',
        ];
  if (!isWhole)
    lines.push('There are more differences: the records after these were not compared. Repair these first.');
  if (summary.isLoading)
    lines.push(
      'The first copy is not complete: contacts are still being loaded, or keys are still being built. The next db_init or db_sync completes it.',
    );
  if (since !== null)
    lines.push(`The copy begins at ${since}, so verify did not look for contacts that the campaign has deleted.`);
  if (!md5Proves)
    lines.push('The API has recently changed contacts without changing their md5: a difference may be missed.');
  return lines;
}
