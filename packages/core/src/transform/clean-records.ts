import { type Fields, isFields, type Json, setField } from '../contract/index.js';
import type { RecordKind } from '../records/field-rules.js';

/** Returns the value that replaces a field's value; undefined: the field is left out. */
export type CleanValue = (kind: RecordKind | null, field: string, value: Json) => Json | undefined;

/** The fields that hold records, with the kind of those records. */
const BELOW: Readonly<Record<RecordKind, ReadonlyMap<string, RecordKind>>> = {
  contacts: new Map([['$task_log', 'task_log']]),
  task_log: new Map([['transactions', 'transactions']]),
  transactions: new Map([['connections', 'connections']]),
  connections: new Map([
    ['third_party_connections', 'connections'],
    ['recordings', 'recordings'],
  ]),
  recordings: new Map(),
  inbound_calls: new Map(),
};

/**
 * Copies a record with all records below it, and replaces each field's value by the result of `cleanValue`. Returns the
 * copies by their originals. An object or a list in a field is one value. It works level by level without recursion, so
 * that a deeply nested body cannot end the process.
 */
export function cleanRecords(record: Json, kind: RecordKind | null, cleanValue: CleanValue): ReadonlyMap<Json, Json> {
  const copies = new Map<Json, Json>();
  const due: Due[] = [];
  const copyOf = (value: Json, ofKind: RecordKind | null): Json => {
    if (isList(value)) {
      const list: Json[] = [];
      due.push({ of: ofKind, list: value, copy: list });
      copies.set(value, list);
      return list;
    }
    if (!isFields(value)) return value;
    const fields: Record<string, Json> = {};
    due.push({ of: ofKind, fields: value, copy: fields });
    copies.set(value, fields);
    return fields;
  };
  copyOf(record, kind);
  for (let next = due.pop(); next !== undefined; next = due.pop()) {
    if ('list' in next) {
      for (const item of next.list) next.copy.push(copyOf(item, next.of));
      continue;
    }
    for (const [field, value] of Object.entries(next.fields)) {
      const below = next.of === null ? undefined : BELOW[next.of].get(field);
      const clean = below === undefined ? cleanValue(next.of, field, value) : copyOf(value, below);
      if (clean !== undefined) setField(next.copy, field, clean);
    }
  }
  return copies;
}

type Due = { readonly of: RecordKind | null } & (
  | { readonly list: readonly Json[]; readonly copy: Json[] }
  | { readonly fields: Fields; readonly copy: Record<string, Json> }
);

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
