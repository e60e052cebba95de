import { TooLate, withDeadline } from '../concurrency/deadline.js';
import { type ContactTree, type Fields, fieldOf, type Json, type TransactionNode } from '../contract/index.js';
import { toInstant } from '../discover/window.js';
import { toContactRecord } from '../transform/contact-record.js';
import { createRunApi } from './run-api.js';
import type { RunContext, RunSettings } from './run-settings.js';

/** The contact in the API now. */
export type ExplainedApi =
  | ThereInApi
  /** It has no body of it. */
  | { readonly kind: 'gone' }
  /** It did not give the body, or one that cannot be read. */
  | { readonly kind: 'unread'; readonly code: string; readonly reason: string };

/** A contact as the API has it, behind the rules for fields. */
export interface ThereInApi {
  readonly kind: 'there';
  /** The records that pass the filter. */
  readonly tree: ContactTree;
  /** Transactions that the filter leaves out. */
  readonly filteredOut: readonly LeftOutTransaction[];
  /** The API's time when it gave the body, in milliseconds since 1970. */
  readonly seenMs: number;
}

/** A transaction that the filter leaves out. Texts are those of the API; null: it has none. */
export interface LeftOutTransaction {
  readonly id: string;
  readonly fired: string | null;
  readonly task: string | null;
  readonly type: string | null;
}

type Asking = Pick<RunContext, 'clock' | 'signal' | 'observe' | 'transport'>;

/** The longest wait for the body of the contact: a request that fails is repeated without end. */
const PATIENCE_MS = 60_000;

/** Asks the API for a contact, and takes its body apart as a run with these settings does. */
export async function explainApi(settings: RunSettings, context: Asking, contactId: string): Promise<ExplainedApi> {
  try {
    return await withDeadline(context.clock, PATIENCE_MS, context.signal, ({ signal }) =>
      ask(settings, { ...context, signal }, contactId),
    );
  } catch (error) {
    if (!(error instanceof TooLate)) throw error;
    return { kind: 'unread', code: 'API_UNREACHABLE', reason: `The API gave no answer in ${PATIENCE_MS / 1_000} s.` };
  }
}

async function ask(settings: RunSettings, context: Asking, contactId: string): Promise<ExplainedApi> {
  const api = createRunApi(settings, context);
  try {
    for await (const fetched of api.contactBodies([contactId], { signal: context.signal })) {
      if (fetched.kind === 'failed') return { kind: 'unread', code: fetched.code, reason: fetched.reason };
      if (fetched.kind === 'body') return thereOf(settings, contactId, fetched.body, () => api.now());
    }
    return { kind: 'gone' };
  } finally {
    api.close();
  }
}

function thereOf(settings: RunSettings, contactId: string, body: Fields, nowMs: () => number): ExplainedApi {
  const { campaign: stream, filter, fields = null } = settings;
  const now = () => toInstant(nowMs());
  const record = toContactRecord(contactId, body, { stream, filter, fields, now });
  const all = toContactRecord(contactId, body, { stream, filter: ALL, fields, now });
  if (record.kind === 'dead-letter' || all.kind === 'dead-letter') {
    const letter = record.kind === 'dead-letter' ? record.deadLetter : null;
    return { kind: 'unread', code: letter?.code ?? 'API_RECORD_UNREADABLE', reason: letter?.reason ?? '' };
  }
  const kept = new Set(record.tree.transactions.map(({ id }) => id));
  const filteredOut = all.tree.transactions.filter(({ id }) => !kept.has(id)).map(leftOut);
  return { kind: 'there', tree: record.tree, filteredOut, seenMs: nowMs() };
}

const ALL = { mode: 'all', prefixes: [] } as const;

function leftOut({ id, values }: TransactionNode): LeftOutTransaction {
  return { id, fired: textOf(values, 'fired'), task: textOf(values, 'task'), type: textOf(values, 'type') };
}

/** Returns the newest time at which something of the contact happened, as far as its body tells. Null: it tells none. */
export function newestOf({ values, transactions }: ContactTree): string | null {
  const times = [
    ...['$created_date', '$entry_date'].map((name) => fieldOf(values, name)),
    ...transactions.map((node) => fieldOf(node.values, 'fired')),
  ];
  const instants = times.flatMap((time) => (isInstant(time) ? [time] : []));
  return instants.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1) ?? null;
}

function isInstant(time: Json | undefined): time is string {
  return typeof time === 'string' && !Number.isNaN(Date.parse(time));
}

function textOf(values: Fields, name: string): string | null {
  const value = fieldOf(values, name);
  return typeof value === 'string' ? value : null;
}
