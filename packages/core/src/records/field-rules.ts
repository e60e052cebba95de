import type { Field, Fields, Json } from '../contract/index.js';

/** A kind of record that rules can name. `task_log`: an entry of the log of a contact, beside its transactions. */
export type RecordKind = 'contacts' | 'task_log' | 'transactions' | 'connections' | 'recordings' | 'inbound_calls';

/**
 * The fields of the upstream that are left out, and those that are replaced by a hash. The transform room applies the rules to each
 * body behind ids and filter, so no tree, no dead letter and no message holds a value that a rule names.
 */
export interface FieldRules {
  /** The rules in words, with a fingerprint of the key: a part of the plan of the stream. */
  readonly plan: string;
  cleanContact(body: Fields): CleanContact;
  cleanCall(call: Fields): Fields;
  /** Cleans an entry of a listing whose kind is not known: each rule reaches its fields, whatever kind the rule names. */
  cleanEntry(entry: Json): Json;
  /** The fields of contacts that the store makes room for: none that is left out, and each hash as a text. */
  declared(fields: readonly Field[]): readonly Field[];
  /** Returns whether a rule leaves out or hashes this field. A stored value of such a field is not shown. */
  isNamed(kind: RecordKind, field: string): boolean;
  /** The globs that no field of a contact or of its records had a name for so far. Those of inbound calls alone do not count. */
  unmatched(): readonly string[];
  /** Marks a cleaned body for a dead letter, so that a replay of it hashes no hash. */
  marked(body: Fields): Fields;
  /** Returns the body without its mark; null where `marked` of the same rules did not mark it. */
  unmarked(body: Fields): Fields | null;
}

/** A body of a contact under rules. */
export interface CleanContact {
  readonly body: Fields;
  /** The cleaned copy of a record of this body; any other value as it is. */
  of<T extends Json>(record: T): T;
}

/** The rules for fields within a plan; empty where it has none. */
export function fieldRulesOfPlan(plan: string): string {
  return RULES.exec(plan)?.[0].trim() ?? '';
}

/** The plan without its rules for fields: what decides which records are wanted. */
export function planWithoutFieldRules(plan: string): string {
  return plan.replace(RULES, '');
}

const RULES = / without=\S* hashed=\S* key=\S*$/;
