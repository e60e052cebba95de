import { expect, it } from 'vitest';
import { type Fields, rowsOfContact } from '../../src/contract/index.ts';
import type { TransactionFilter } from '../../src/records/transaction-filter.ts';
import { contactToTree } from '../../src/transform/contact-to-tree.ts';
import { createFieldRules } from '../../src/transform/create-field-rules.ts';
import { toInboundCall } from '../../src/transform/inbound-call.ts';

const HI: TransactionFilter = { mode: 'hi_updates_only', prefixes: [] };
const context = { stream: 'campaign', now: () => '2026-03-02T12:00:00.000Z' };
const BODY: Fields = {
  $id: 'C1',
  $phone: 'SECRET-1',
  $task_log: [
    {
      transactions: [
        {
          fired: 'T1',
          type: 'update',
          user: 'SECRET-2',
          connections: [
            { id: 'k', phone: 'SECRET-3', recordings: [{ location: 'SECRET-4' }, { filename: 'f' }] },
            { phone: 'SECRET-5' },
          ],
        },
        { type: 'update', user: 'SECRET-6', connections: [{ id: 'k2', phone: 'SECRET-7' }] },
        { fired: 'T2', type: 'update', user: null },
      ],
    },
  ],
};
const exclude = ['*phone', 'user', 'location'];

it('has the rows, ids and transactions of the body as it came, and no value that a rule names', () => {
  const raw = contactToTree(BODY, { ...context, filter: HI });
  const fields = createFieldRules({ exclude, hash: [], key: null });
  const tree = contactToTree(BODY, { ...context, filter: HI, fields });
  expect(Array.from(rowsOfContact(tree), ({ id }) => id)).toEqual(Array.from(rowsOfContact(raw), ({ id }) => id));
  expect(tree.formerIds).toEqual(raw.formerIds);
  expect(tree.deadLetters.map(({ key, kind }) => [key, kind])).toEqual(
    raw.deadLetters.map(({ key, kind }) => [key, kind]),
  );
  expect(tree.deadLetters).toHaveLength(3);
  expect(JSON.stringify(raw)).toContain('SECRET');
  expect(JSON.stringify(tree)).not.toContain('SECRET');
});

it('cleans inbound calls, those without an id too', () => {
  const fields = createFieldRules({ exclude: ['inbound_calls.remote_number'], hash: [], key: null });
  for (const id of ['I1', null]) {
    const record = toInboundCall({ id, calling_number: 'SECRET', state: 'x' }, { ...context, fields });
    expect(JSON.stringify(record)).not.toContain('SECRET');
  }
});
