import type { Batch, ContactTree, DeadLetter, InboundCall, SinkError, WriteResult } from '../contract/index.js';
import { isSinkError } from '../contract/index.js';
import { type DeadLetterContext, newDeadLetter, replayable } from '../records/new-dead-letter.js';

export const NOTHING_WRITTEN: WriteResult = {
  inserted: 0,
  updated: 0,
  unchanged: 0,
  bytes: 0,
  changedUnderSameMd5: [],
};

/**
 * Writes the batch, and isolates the contacts that the store refuses: each becomes a dead letter, and the rest is
 * written. If the store cannot tell which contacts it refuses, the batch is halved until one record is left. The last
 * part carries dead letters, settled keys and progress, so those never commit before the rows.
 */
export async function writeIsolating(
  batch: Batch,
  write: (batch: Batch) => Promise<WriteResult>,
  context: DeadLetterContext,
): Promise<WriteResult> {
  try {
    return await write(batch);
  } catch (error) {
    if (!isSinkError(error) || error.verdict !== 'refused') throw error;
    const smaller = withoutRefused(batch, error, context) ?? halves(batch, error, context);
    let sum = NOTHING_WRITTEN;
    for (const part of smaller) sum = addResults(sum, await writeIsolating(part, write, context));
    return sum;
  }
}

export function addResults(a: WriteResult, b: WriteResult): WriteResult {
  return {
    inserted: a.inserted + b.inserted,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    bytes: a.bytes + b.bytes,
    changedUnderSameMd5: [...a.changedUnderSameMd5, ...b.changedUnderSameMd5],
  };
}

/** Returns one batch without the contacts that the error names; null if it names no contact of this batch. */
function withoutRefused(batch: Batch, error: SinkError, context: DeadLetterContext): readonly Batch[] | null {
  const named = new Set(error.refusedContactIds);
  const refused = batch.contacts.filter((tree) => named.has(tree.contactId));
  if (refused.length === 0) return null;
  const contacts = batch.contacts.filter((tree) => !named.has(tree.contactId));
  return [
    withDeadLetters(
      { ...batch, contacts },
      refused.map((tree) => contactDeadLetter(tree, error, context)),
    ),
  ];
}

function halves(batch: Batch, error: SinkError, context: DeadLetterContext): readonly Batch[] {
  const { contacts, inboundCalls } = batch;
  const [contact] = contacts;
  const [call] = inboundCalls;
  if (contacts.length + inboundCalls.length > 1) return halvesOf(batch);
  if (contact) return [withDeadLetters({ ...batch, contacts: [] }, [contactDeadLetter(contact, error, context)])];
  if (call) return [withDeadLetters({ ...batch, inboundCalls: [] }, [callDeadLetter(call, error, context)])];
  return lettersApart(batch, error);
}

/** Splits a batch of two or more records into two parts; everything else that it carries goes with the second part. */
export function halvesOf(batch: Batch): readonly [Batch, Batch] {
  const { contacts, inboundCalls } = batch;
  const middle = Math.ceil((contacts.length + inboundCalls.length) / 2);
  const contactsFirst = Math.min(middle, contacts.length);
  const callsFirst = middle - contactsFirst;
  return [
    {
      contacts: contacts.slice(0, contactsFirst),
      inboundCalls: inboundCalls.slice(0, callsFirst),
      deadLetters: [],
      settled: [],
    },
    { ...batch, contacts: contacts.slice(contactsFirst), inboundCalls: inboundCalls.slice(callsFirst) },
  ];
}

/**
 * Splits the dead letters. If the store refuses even the body of a single one, stores it without the body: that beats
 * stopping the copy.
 */
function lettersApart(batch: Batch, error: SinkError): readonly Batch[] {
  const { deadLetters } = batch;
  const [letter] = deadLetters;
  if (deadLetters.length > 1) {
    const middle = Math.ceil(deadLetters.length / 2);
    return [
      { contacts: [], inboundCalls: [], deadLetters: deadLetters.slice(0, middle), settled: [] },
      { ...batch, deadLetters: deadLetters.slice(middle) },
    ];
  }
  if (letter === undefined || letter.body === '') throw error;
  return [{ ...batch, deadLetters: [{ ...letter, body: '' }] }];
}

function withDeadLetters(batch: Batch, deadLetters: readonly DeadLetter[]): Batch {
  return { ...batch, deadLetters: [...batch.deadLetters, ...deadLetters] };
}

export function contactDeadLetter(tree: ContactTree, error: SinkError, context: DeadLetterContext): DeadLetter {
  return newDeadLetter(context, {
    kind: 'contact',
    identity: tree.contactId,
    contactId: tree.contactId,
    md5: tree.md5,
    code: error.code,
    reason: error.message,
    record: replayable(tree.values, context),
  });
}

export function callDeadLetter(call: InboundCall, error: SinkError, context: DeadLetterContext): DeadLetter {
  return newDeadLetter(context, {
    kind: 'inbound-call',
    identity: call.id,
    contactId: null,
    md5: null,
    code: error.code,
    reason: error.message,
    record: replayable(call.values, context),
  });
}
