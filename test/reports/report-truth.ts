import { rounded } from './truth-cells.ts';
import type { Cells, ViewTruth } from './view-truth.ts';

/** The days of a report. */
export interface TruthPeriod {
  readonly firstDay: string;
  readonly lastDay: string;
}

/** Returns the figures that `dbsync report --json` must give, computed without a database. */
export function reportTruth(
  { calls, agents_by_hour: hours, inbound, contacts_now: contacts }: ViewTruth,
  period: TruthPeriod,
) {
  const isWithin = (day: unknown) =>
    typeof day === 'string' && day.slice(0, 10) >= period.firstDay && day.slice(0, 10) <= period.lastDay;
  const own = calls.filter(({ started_day: day }) => isWithin(day));
  const works = hours.filter(({ hour_local: hour }) => isWithin(hour));
  const received = inbound.filter(({ started_day: day }) => isWithin(day));
  const outcomes = groups(own, 'outcome');
  const transactions = (rows: readonly Cells[]) => new Set(rows.map(({ transaction_id: id }) => id)).size;
  return {
    totals: callSums(own),
    byHour: Array.from({ length: 24 }, (_, hour) => ({
      hour,
      ...callSums(own.filter((call) => call.started_hour === hour)),
    })),
    byDay: daysOf(period).map((day) => ({ day, ...callSums(own.filter((call) => call.started_day === day)) })),
    agents: byName([...groups(works, 'agent')].map(([agent, rows]) => ({ agent, ...agentSums(rows) }))),
    allAgents: { agents: groups(works, 'agent').size, ...agentSums(works) },
    outcomes: byName([...outcomes].map(([name, rows]) => ({ name, count: transactions(rows) }))),
    allOutcomes: transactions([...outcomes.values()].flat()),
    inbound: { calls: received.length, answered: sum(received, 'answered'), waitSec: sum(received, 'wait_sec') },
    statuses: byName([...groups(contacts, 'status')].map(([name, rows]) => ({ name, count: rows.length }))),
    allContacts: contacts.length,
  };
}

/** Orders named figures by their names: engines order those of the same number by their own collations. */
export function byName<Row extends { readonly name: string } | { readonly agent: string }>(
  rows: readonly Row[],
): readonly Row[] {
  return rows.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function nameOf(row: { readonly name: string } | { readonly agent: string }): string {
  return 'name' in row ? row.name : row.agent;
}

function callSums(rows: readonly Cells[]) {
  const answered = rows.filter(({ connected_at: at }) => at !== null).length;
  return { calls: rows.length, answered, talkSec: sum(rows, 'talk_sec') };
}

function agentSums(rows: readonly Cells[]) {
  return {
    transactions: sum(rows, 'transactions'),
    successes: sum(rows, 'successes'),
    calls: sum(rows, 'calls'),
    answered: sum(rows, 'answered_calls'),
    talkSec: sum(rows, 'talk_sec'),
  };
}

function sum(rows: readonly Cells[], column: string): number {
  return rounded(rows.reduce((total, row) => total + Number(row[column]), 0));
}

/** Groups rows by a text; rows without one are left out. */
function groups(rows: readonly Cells[], column: string): ReadonlyMap<string, readonly Cells[]> {
  const named = rows.filter((row) => row[column] !== null);
  return Map.groupBy(named, (row) => String(row[column]));
}

function daysOf({ firstDay, lastDay }: TruthPeriod): readonly string[] {
  const days: string[] = [];
  for (let ms = Date.parse(firstDay); ms <= Date.parse(lastDay); ms += 86_400_000)
    days.push(new Date(ms).toISOString().slice(0, 10));
  return days;
}
