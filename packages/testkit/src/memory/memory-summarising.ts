import {
  type AgentSums,
  type CallSummary,
  fieldOf,
  type NamedCount,
  SinkError,
  type Summarising,
  type SummaryRequest,
} from '@dbsync/core/contract';
import type { StoredRow } from '../store-subject.js';
import { type MemoryTarget, rowsOfMessages } from './memory-target.js';

/** Adds up the calls in memory. */
export function createMemorySummarising(target: MemoryTarget): Summarising {
  return { summarise: async (request) => summaryOf(target, request) };
}

function summaryOf(target: MemoryTarget, { timeZone, firstDay, lastDay, campaign, most }: SummaryRequest): CallSummary {
  const hourOf = localHours(timeZone);
  const isWithin = (hour: string) => hour.slice(0, 10) >= firstDay && hour.slice(0, 10) <= lastDay;
  const contacts = rowsById(target, 'contacts');
  const isAsked = (id: string | null) => campaign === null || text(contacts.get(id ?? ''), '$campaign_id') === campaign;
  const steps = rowsById(target, 'transactions');
  const calls = [...rowsById(target, 'connections').values()]
    .filter(({ contactId }) => isAsked(contactId))
    .map((call) => ({
      step: steps.get(call.transactionId ?? ''),
      hour: hourOf(text(call, 'started') ?? text(call, 'fired')),
      agent: text(call, 'user') ?? text(steps.get(call.transactionId ?? ''), 'user'),
      answered: text(call, 'connected') === null ? 0 : 1,
      talkSec: seconds(text(call, 'connected'), text(call, 'disconnected')),
    }))
    .filter(({ hour }) => isWithin(hour));
  const works = [...steps.values()]
    .filter((step) => isAsked(step.contactId) && isWithin(hourOf(text(step, 'fired'))))
    .map((step) => {
      const successes = text(step, 'status') === 'success' ? 1 : 0;
      return { agent: text(step, 'user'), transactions: 1, successes, calls: 0, answered: 0, talkSec: 0 };
    });
  const ofCalls = calls.map((call) => ({ ...call, transactions: 0, successes: 0, calls: 1 }));
  const byAgent = grouped([...works, ...ofCalls], ({ agent }) => agent);
  const outcomes = grouped(calls, ({ step }) => text(step, 'status'));
  const inbound = [...rowsById(target, 'inbound_calls').values()]
    .filter((call) => campaign === null || text(call, 'campaign_id') === campaign)
    .filter((call) => isWithin(hourOf(text(call, 'call_time'))));
  const asked = [...contacts.values()].filter(({ id }) => isAsked(id));
  const transactionsOf = (rows: readonly (typeof calls)[number][]) => new Set(rows.map(({ step }) => step?.id)).size;
  return {
    hours: [...grouped(ofCalls, ({ hour }) => hour)].toSorted().map(([hour, rows]) => {
      const { calls, answered, talkSec } = sumOf(rows);
      return { day: hour.slice(0, 10), hour: Number(hour.slice(11)), calls, answered, talkSec };
    }),
    agents: [...byAgent]
      .map(([agent, rows]) => ({ agent, ...sumOf(rows) }))
      .toSorted((a, b) => b.calls - a.calls)
      .slice(0, most),
    allAgents: { agents: byAgent.size, ...sumOf([...byAgent.values()].flat()) },
    outcomes: mostFrequent(outcomes, transactionsOf, most),
    allOutcomes: transactionsOf([...outcomes.values()].flat()),
    inbound: {
      calls: inbound.length,
      answered: inbound.filter((call) => text(call, 'connect_time') !== null).length,
      waitSec: inbound
        .map((call) => seconds(text(call, 'call_time'), text(call, 'connect_time') ?? text(call, 'hangup_time')))
        .reduce((sum, wait) => sum + wait, 0),
    },
    statuses: mostFrequent(
      grouped(asked, (contact) => text(contact, '$status')),
      (rows) => rows.length,
      most,
    ),
    allContacts: asked.length,
  };
}

const NO_SUMS: AgentSums = { transactions: 0, successes: 0, calls: 0, answered: 0, talkSec: 0 };

function sumOf(rows: readonly AgentSums[]): AgentSums {
  const sums = { ...NO_SUMS };
  for (const row of rows) {
    for (const name of Object.keys(NO_SUMS) as (keyof AgentSums)[]) sums[name] += row[name];
  }
  return sums;
}

/** Groups rows by a text; rows without one are left out. */
function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string | null): Map<string, readonly Row[]> {
  const groups = Map.groupBy(rows, keyOf);
  groups.delete(null);
  return groups as Map<string, Row[]>;
}

function mostFrequent<Row>(
  groups: ReadonlyMap<string, readonly Row[]>,
  countOf: (rows: readonly Row[]) => number,
  most: number,
): readonly NamedCount[] {
  const counts = [...groups].map(([name, rows]) => ({ name, count: countOf(rows) }));
  return counts.toSorted((a, b) => b.count - a.count).slice(0, most);
}

function rowsById(target: MemoryTarget, table: Parameters<typeof rowsOfMessages>[1]): Map<string, StoredRow> {
  return new Map(rowsOfMessages(target, table).map((row) => [row.id, row]));
}

function text(row: StoredRow | undefined, field: string): string | null {
  const value = row === undefined ? null : fieldOf(row.values, field);
  return typeof value === 'string' && value !== '' ? value : null;
}

function seconds(from: string | null, to: string | null): number {
  return from === null || to === null ? 0 : (Date.parse(to) - Date.parse(from)) / 1000;
}

/** Returns the function from a time to its local hour, such as `2026-01-31 09`; a text that is no time has none. */
function localHours(timeZone: string): (time: string | null) => string {
  try {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    return (time) => {
      const ms = Date.parse(time ?? '');
      return Number.isNaN(ms) ? '' : format.format(ms).slice(0, 13);
    };
  } catch (cause) {
    const details = { verdict: 'fatal', outcome: 'not-committed', cause } as const;
    throw new SinkError('MEMORY_ZONE_UNKNOWN', `${timeZone} is no time zone`, details);
  }
}
