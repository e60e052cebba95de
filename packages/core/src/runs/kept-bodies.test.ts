import { expect, it } from 'vitest';
import { type Fields, SinkError } from '../contract/index.js';
import { callDeadLetter, contactDeadLetter } from '../emit/refused-contacts.js';
import { newDeadLetter } from '../records/new-dead-letter.js';
import type { TransactionFilter } from '../records/transaction-filter.js';
import { contactToTree } from '../transform/contact-to-tree.js';
import { createFieldRules } from '../transform/create-field-rules.js';
import { toInboundCall } from '../transform/inbound-call.js';
import { keptCall, keptContact } from './kept-bodies.js';
import type { Session } from './session.js';

const KEY = 'a key of thirty-two bytes or more';
const ALL: TransactionFilter = { mode: 'all', prefixes: [] };
const HI: TransactionFilter = { mode: 'hi_updates_only', prefixes: [] };
const error = new SinkError('SQL_ROW_REFUSED', 'no', { verdict: 'refused', outcome: 'not-committed' });
const BODY: Fields = {
  $id: 'C1',
  $md5: 'm',
  $phone: '+49',
  $task_log: [{ transactions: [{ fired: 'T', type: 'update', user: 'a.b' }] }],
};

function sessionWith(filter: TransactionFilter, hash = '$phone', key = KEY): Session {
  const fields = createFieldRules({ exclude: ['user'], hash: [hash], key });
  const deadLetters = { stream: 'S', now: () => '2026-03-02T12:00:00.000Z', fields };
  return { deadLetters, settings: { filter } } as unknown as Session;
}

it('writes the contact of a dead letter as it was cleaned: no hash of a hash, no transaction lost for lack of a user', () => {
  const session = sessionWith(HI);
  const tree = contactToTree(BODY, { ...session.deadLetters, filter: HI });
  expect(tree.values.$phone).toMatch(/^[\da-f]{64}$/);
  const letter = contactDeadLetter(tree, error, session.deadLetters);
  expect(letter.body).not.toMatch(/\+49|a\.b/);
  const again = contactToTree(...keptContact(JSON.parse(letter.body), session));
  expect(again).toEqual(tree);
});

it('cleans what a dead letter kept without rules, or under others', () => {
  const session = sessionWith(ALL);
  const raw = contactToTree(...keptContact(BODY, session));
  expect(raw.values.$phone).toMatch(/^[\da-f]{64}$/);
  const other = sessionWith(ALL, '$phone', 'another key of thirty-two bytes or more');
  const kept = JSON.parse(contactDeadLetter(raw, error, session.deadLetters).body);
  expect(contactToTree(...keptContact(kept, other)).values.$phone).not.toBe(raw.values.$phone);
});

it('writes the inbound call of a dead letter as it was cleaned', () => {
  const session = sessionWith(ALL, 'remote_number');
  const first = toInboundCall({ id: 'I', calling_number: '+49' }, session.deadLetters);
  if (first.kind !== 'call') throw new Error('no call');
  const { body } = callDeadLetter(first.call, error, session.deadLetters);
  expect(body).not.toContain('+49');
  expect(keptCall(JSON.parse(body), session)).toEqual(first);
});

it('cleans a body that becomes a dead letter before it is a tree', () => {
  const session = sessionWith(ALL);
  const failed = {
    kind: 'contact',
    identity: 'C1',
    contactId: 'C1',
    md5: 'm',
    code: 'X',
    reason: 'unreadable',
  } as const;
  const { body } = newDeadLetter(session.deadLetters, { ...failed, record: BODY });
  expect(body).not.toMatch(/\+49|a\.b/);
  const tree = contactToTree(BODY, { ...session.deadLetters, filter: ALL });
  expect(contactToTree(...keptContact(JSON.parse(body), session)).values).toEqual(tree.values);
});
