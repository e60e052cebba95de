import { createHmac } from 'node:crypto';
import { canonicalJson } from '@dbsync/core/contract';
import type { TruthLine } from '@dbsync/simulator';
import { type ExactJson, isRecord, numberText } from './exact-json.ts';
import { truthLines } from './truth-source.ts';

/**
 * Plain conditions for the fields to leave out and to hash: written separately, so that they share no fault with the
 * rules that they test.
 */
export interface Cleaning {
  readonly drops: (kind: string, field: string) => boolean;
  readonly hashes: (kind: string, field: string) => boolean;
  readonly key: string;
}

/** Cleans a record of that kind, with all records below it. */
export function cleaned(record: ExactJson, kind: string, cleaning: Cleaning): ExactJson {
  if (Array.isArray(record)) return record.map((item) => cleaned(item, kind, cleaning));
  if (!isRecord(record)) return record;
  const entries: [string, ExactJson][] = [];
  for (const [field, value] of Object.entries(record)) {
    const below = KIND_BELOW[`${kind}.${field}`];
    if (below !== undefined) entries.push([field, cleaned(value, below, cleaning)]);
    else if (cleaning.drops(kind, field)) continue;
    else entries.push([field, cleaning.hashes(kind, field) ? hashed(value, cleaning.key) : value]);
  }
  return Object.fromEntries(entries);
}

/** Yields the lines of a truth, cleaned. */
export function cleanedTruth(url: string, cleaning: Cleaning): () => AsyncGenerator<TruthLine> {
  return async function* () {
    for await (const line of truthLines(url)) yield cleanedLine(line, cleaning);
  };
}

function cleanedLine(line: TruthLine, cleaning: Cleaning): TruthLine {
  if (line.table !== 'dead_letters') {
    return { ...line, values: cleaned(line.values as ExactJson, line.table, cleaning) as typeof line.values };
  }
  const kind = KIND_OF_LETTER[line.kind];
  return kind === undefined
    ? line
    : { ...line, record: cleaned(line.record as ExactJson, kind, cleaning) as typeof line.record };
}

const KIND_BELOW: Readonly<Record<string, string>> = {
  'contacts.$task_log': 'task_log',
  'task_log.transactions': 'transactions',
  'transactions.connections': 'connections',
  'connections.third_party_connections': 'connections',
  'connections.recordings': 'recordings',
};

const KIND_OF_LETTER: Readonly<Record<string, string>> = {
  transaction: 'transactions',
  connection: 'connections',
  recording: 'recordings',
  'inbound-call': 'inbound_calls',
};

function hashed(value: ExactJson, key: string): ExactJson {
  if (value === null || value === '') return value;
  const text = typeof value === 'string' ? value : (numberText(value) ?? canonicalJson(value));
  return createHmac('sha256', key).update(text).digest('hex');
}
