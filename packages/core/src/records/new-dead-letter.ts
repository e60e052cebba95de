import { createHash } from 'node:crypto';
import {
  type DeadLetter,
  type DeadLetterKind,
  type Fields,
  isFields,
  type Json,
  jsonText,
  type Stream,
} from '../contract/index.js';
import type { FieldRules } from './field-rules.js';

/** The stream of the dead letters, and the time at which they arise. */
export interface DeadLetterContext {
  readonly stream: Stream;
  /** ISO 8601 UTC. */
  readonly now: () => string;
  /** The rules that bodies were cleaned by; absent or null: none. */
  readonly fields?: FieldRules | null;
}

export interface FailedRecord {
  readonly kind: DeadLetterKind;
  /** The identity of this record among others of its kind: its id, or the text of one without an id. */
  readonly identity: string;
  readonly contactId: string | null;
  readonly md5: string | null;
  readonly code: string;
  readonly reason: string;
  /** Kept whole; `undefined` where there is none. */
  readonly record: Json | undefined;
}

/** The key is a hash of stream, kind and identity (R22): the same failure overwrites its own row. */
export function deadLetterKey(stream: Stream, kind: DeadLetterKind, identity: string): string {
  return createHash('sha256')
    .update(JSON.stringify([stream, kind, identity]))
    .digest('hex')
    .slice(0, 32);
}

export function newDeadLetter(context: DeadLetterContext, failed: FailedRecord): DeadLetter {
  const { kind, identity, contactId, md5, code, reason, record } = failed;
  return {
    key: deadLetterKey(context.stream, kind, identity),
    kind,
    contactId,
    md5,
    code,
    reason,
    body: record === undefined ? '' : jsonText(kind === 'contact' ? cleanContact(record, context) : record),
    firstSeenAt: context.now(),
    attempts: 1,
  };
}

/**
 * The record of a contact or a call that a replay may write as it is kept. It names the rules by which it was cleaned.
 */
export function replayable(values: Fields, { fields }: DeadLetterContext): Fields {
  return fields?.marked(values) ?? values;
}

/** Cleans a body that no rules were applied to yet, such as one that could not be taken apart: it too is kept without those values. */
function cleanContact(record: Json, { fields }: DeadLetterContext): Json {
  if (!fields || !isFields(record) || fields.unmarked(record) !== null) return record;
  return fields.marked(fields.cleanContact(record).body);
}
