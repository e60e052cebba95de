import { rounded } from './truth-cells.ts';
import type { Cells, ViewTruth } from './view-truth.ts';

/** The rows that each report of `examples/reports` must give, in order, computed without a database. */
export const RECIPE_TRUTH: Readonly<Record<string, (truth: ViewTruth) => readonly Cells[]>> = {
  'calls-by-hour': ({ calls }) =>
    grouped(calls, ['started_hour'], (rows) => ({ calls: rows.length, answered: counted(rows, 'connected_at') })),

  'calls-by-day': ({ calls }) => grouped(calls, ['started_day'], callFigures),

  billing: ({ calls }) => grouped(calls, ['campaign_id', 'started_day'], callFigures),

  'outcomes-by-task': ({ calls }) =>
    grouped(calls, ['task', 'outcome', 'outcome_detail'], (rows) => ({
      transactions: new Set(rows.map(({ transaction_id: id }) => id)).size,
    })),

  agents: ({ agents_by_hour: hours }) =>
    grouped(hours, ['agent'], (rows) => ({
      transactions: sum(rows, 'transactions'),
      successes: sum(rows, 'successes'),
      calls: sum(rows, 'calls'),
      answered: sum(rows, 'answered_calls'),
      talk_sec: sum(rows, 'talk_sec'),
      wrapup_sec: sum(rows, 'wrapup_sec'),
    })),

  'agents-busy-hours': ({ agents_by_hour: hours }) =>
    grouped(hours, ['agent'], (rows) => ({
      hours: rows.length,
      transactions: sum(rows, 'transactions'),
      successes: sum(rows, 'successes'),
      most_calls: most(rows, 'calls'),
    })),

  branches: ({ calls }) => {
    const talks = calls.filter((call) => call.talk_sec !== null && call.agent_branch !== null);
    return grouped(talks, ['agent_branch'], (rows) => ({
      answered: rows.length,
      mean_talk_sec: rounded(sum(rows, 'talk_sec') / rows.length),
    }));
  },

  'attempts-by-status': ({ contacts_now: contacts }) =>
    grouped(contacts, ['status'], (rows) => ({
      contacts: rows.length,
      attempts: sum(rows, 'attempts'),
      most: most(rows, 'attempts'),
    })),

  'follow-ups': ({ contacts_now: contacts }) =>
    contacts
      .filter((contact) => contact.next_follow_up_at !== null)
      .toSorted(by('next_follow_up_at', 'contact_id'))
      .map(picked('contact_id', 'next_follow_up_local', 'last_agent', 'last_outcome')),

  'untouched-contacts': ({ contacts_now: contacts }) =>
    contacts
      .filter((contact) => contact.status === 'open' && Number(contact.days_untouched) >= 30)
      .toSorted((a, b) => Number(b.days_untouched) - Number(a.days_untouched) || by('contact_id')(a, b))
      .map(picked('contact_id', 'phone', 'attempts', 'days_untouched')),

  'inbound-by-line': ({ inbound }) =>
    grouped(inbound, ['line_number'], (rows) => ({
      calls: rows.length,
      answered: sum(rows, 'answered'),
      wait_sec: sum(rows, 'wait_sec'),
      longest_wait_sec: most(rows, 'wait_sec'),
    })),

  'missing-recordings': ({ calls }) =>
    calls
      .filter((call) => Number(call.talk_sec) > 0 && call.recording_url === null)
      .toSorted(by('call_id'))
      .map(picked('call_id', 'agent', 'started_local', 'talk_sec')),
};

function callFigures(rows: readonly Cells[]): Cells {
  return { calls: rows.length, answered: counted(rows, 'connected_at'), talk_sec: sum(rows, 'talk_sec') };
}

/** Groups rows by these columns, and orders the groups by them. A group whose first column is null is left out. */
function grouped(
  rows: readonly Cells[],
  columns: readonly string[],
  figures: (rows: readonly Cells[]) => Cells,
): readonly Cells[] {
  const groups = new Map<string, Cells[]>();
  for (const row of rows) {
    const key = JSON.stringify(columns.map((column) => row[column]));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()]
    .filter(([first]) => first?.[columns[0] ?? ''] !== null)
    .map((group) => ({ ...picked(...columns)(group[0] ?? {}), ...figures(group) }))
    .toSorted(by(...columns));
}

function picked(...columns: readonly string[]) {
  return (row: Cells): Cells => Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

function by(...columns: readonly string[]) {
  return (a: Cells, b: Cells): number => {
    for (const column of columns) {
      const [left, right] = [a[column] ?? '', b[column] ?? ''];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  };
}

function counted(rows: readonly Cells[], column: string): number {
  return rows.filter((row) => row[column] !== null).length;
}

function sum(rows: readonly Cells[], column: string): number {
  return rounded(rows.reduce((total, row) => total + Number(row[column]), 0));
}

function most(rows: readonly Cells[], column: string): number {
  return Math.max(...rows.map((row) => Number(row[column])));
}
