import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const EXAMPLES = join(import.meta.dirname, '..', 'examples');

/** A report of `examples/reports`, and how a program draws it. */
export interface ReportQuestion {
  /** The name of its file, without the ending. */
  readonly name: string;
  readonly title: string;
  /** The question in words. */
  readonly question: string;
  /** The query. Where it has a period, that is October 2026. */
  readonly query: string;
  readonly drawn: Drawn;
}

type Drawn =
  | { readonly as: 'table' }
  /** The column below the bars, and those that the bars are as high as. */
  | { readonly as: 'bars'; readonly over: string; readonly columns: readonly string[] };

interface Look {
  readonly title: string;
  readonly drawn: Drawn;
}

const TABLE: Drawn = { as: 'table' };

/** The reports in the order in which a dashboard shows them. */
const LOOKS: Readonly<Record<string, Look>> = {
  'calls-by-day': { title: 'Calls by day', drawn: bars('started_day', 'calls', 'answered') },
  'calls-by-hour': { title: 'Calls by hour', drawn: bars('started_hour', 'calls', 'answered') },
  agents: { title: 'Agents', drawn: TABLE },
  'outcomes-by-task': { title: 'Outcomes by task', drawn: TABLE },
  branches: { title: 'Branches', drawn: TABLE },
  'inbound-by-line': { title: 'Inbound calls by line', drawn: bars('line_number', 'calls', 'answered') },
  billing: { title: 'Billing', drawn: TABLE },
  'attempts-by-status': { title: 'Attempts by status', drawn: bars('status', 'contacts', 'attempts') },
  'agents-busy-hours': { title: 'Busy hours of agents', drawn: TABLE },
  'follow-ups': { title: 'Follow-ups', drawn: TABLE },
  'untouched-contacts': { title: 'Contacts without work', drawn: TABLE },
  'missing-recordings': { title: 'Missing recordings', drawn: TABLE },
};

/** The days of a report, such as `2026-10-01`: `first` belongs to it, `end` is the day after its last one. */
export interface ReportDays {
  readonly first: string;
  readonly end: string;
}

/** The two lines of each period of a query: its local days, and the bound for the index. */
const PERIODS = /^(?<indent> *)WHERE (?<column>\w+)_day >= .*\n *AND (?<bound>.*)\n/gm;

/** True for a query that has a period. */
export function hasPeriod(query: string): boolean {
  return query.search(PERIODS) !== -1;
}

/** Returns the query for these days. One without a period stays as it is. */
export function withDays(query: string, { first, end }: ReportDays): string {
  const days: Readonly<Record<string, string>> = {
    '2026-10-01': first,
    '2026-11-01': end,
    '2026-09-30': dayAfter(first, -1),
    '2026-11-02': dayAfter(end, 1),
  };
  return query.replaceAll(PERIODS, (lines) => lines.replaceAll(/\d{4}-\d\d-\d\d/g, (day) => days[day] ?? day));
}

/**
 * Returns the query with other conditions in place of its periods. @param of returns them; it gets the name of the time, such as
 * `started`, and the bound for the index
 */
export function withConditions(query: string, of: (column: string, bound: string) => string): string {
  return query.replaceAll(
    PERIODS,
    (_, indent: string, column: string, bound: string) => `${indent}WHERE ${of(column, bound)}\n`,
  );
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Reads the reports of `examples/reports`. Throws where one has no look here, or no question in its first line. */
export function reportQuestions(): readonly ReportQuestion[] {
  const folder = join(EXAMPLES, 'reports');
  const names = readdirSync(folder).flatMap((file) => (file.endsWith('.sql') ? [file.slice(0, -4)] : []));
  const unknown = names.filter((name) => !Object.hasOwn(LOOKS, name));
  if (unknown.length > 0) throw new Error(`No look for ${unknown.join(', ')}: add it to scripts/report-questions.ts.`);
  return Object.entries(LOOKS).map(([name, look]) => {
    const text = readFileSync(join(folder, `${name}.sql`), 'utf8');
    const [, question, query] = /^-- ([^\n]+)\n(?:-- [^\n]+\n)?(SELECT .*)$/s.exec(text) ?? [];
    if (question === undefined || query === undefined) throw new Error(`${name}.sql begins with no question.`);
    return { name, ...look, question, query: query.trimEnd() };
  });
}

function bars(over: string, ...columns: readonly string[]): Drawn {
  return { as: 'bars', over, columns };
}
