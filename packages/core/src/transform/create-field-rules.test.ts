import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digits, type Fields, type Json } from '../contract/index.js';
import { fieldRulesOfPlan, planWithoutFieldRules } from '../records/field-rules.js';
import { createFieldRules, type FieldRuleOptions } from './create-field-rules.js';

const KEY = 'a key of thirty-two bytes or more';
const hex = (text: string, key = KEY) => createHmac('sha256', key).update(text).digest('hex');

function rules(options: Partial<FieldRuleOptions>) {
  const made = createFieldRules({ exclude: [], hash: [], key: KEY, ...options });
  if (made === null) throw new Error('no rules');
  return made;
}

const BODY: Fields = {
  $id: 'C1',
  $phone: '+49301',
  name: 'Zoë',
  $task_log: [
    {
      user: 'a.b',
      transactions: [
        {
          fired: 'T1',
          user: 'a.b',
          phone: '+49301',
          connections: [
            {
              id: 'k',
              phone: '+49301',
              recordings: [{ location: 'https://r/+49301' }],
              third_party_connections: [{ id: 'k3', phone: '+49302' }],
            },
          ],
        },
      ],
    },
  ],
};

it('leaves a field out of every kind of record where no kind is named', () => {
  const { body } = rules({ exclude: ['*phone', 'location'] }).cleanContact(BODY);
  expect(body).toEqual({
    $id: 'C1',
    name: 'Zoë',
    $task_log: [
      {
        user: 'a.b',
        transactions: [
          {
            fired: 'T1',
            user: 'a.b',
            connections: [{ id: 'k', recordings: [{}], third_party_connections: [{ id: 'k3' }] }],
          },
        ],
      },
    ],
  });
});

it('reaches the records of one kind alone where the kind is named', () => {
  const { body } = rules({ exclude: ['transactions.user', 'contacts.$phone'] }).cleanContact(BODY);
  const text = JSON.stringify(body);
  expect(text.match(/a\.b/g)).toHaveLength(1);
  expect(text.match(/\+4930/g)).toHaveLength(4);
});

it('hashes with HMAC-SHA-256: one hash for one text, whichever field, kind or type it comes in', () => {
  const call = { id: 'I1', calling_number: '491', a: 491, b: digits('491'), c: true, d: ['x'], e: null, f: '' };
  const hashed = rules({ hash: ['remote_number', 'a', 'b', 'c', 'd', 'e', 'f'] }).cleanCall(call);
  const same = hex('491');
  expect(hashed).toEqual({
    id: 'I1',
    calling_number: same,
    a: same,
    b: same,
    c: hex('true'),
    d: hex('["x"]'),
    e: null,
    f: '',
  });
  const other = 'another key of thirty-two bytes or more';
  expect(rules({ hash: ['a'], key: other }).cleanCall({ a: 491 })).toEqual({ a: hex('491', other) });
});

it('leaves out what is both to be hashed and to be left out', () => {
  expect(rules({ exclude: ['a*'], hash: ['ab'] }).cleanCall({ ab: 1, b: 2 })).toEqual({ b: 2 });
});

it.each([
  'id',
  'contacts.$id',
  '$md5',
  '$task_log',
  'fired',
  'connections',
  'connections.id',
  'inbound_calls.call_time',
  'inbound_calls.started',
  'contact_id',
])('refuses %s, which dbsync needs itself', (glob) => {
  for (const options of [{ exclude: [glob] }, { hash: [glob] }]) {
    expect(() => rules(options)).toThrow(expect.objectContaining({ code: 'FIELD_NEEDED' }));
  }
});

it('names the kinds that need the field, and how to name another one', () => {
  expect(() => rules({ exclude: ['type'] })).toThrow(/needs transactions\.type itself.*contacts\.type/);
  expect(rules({ exclude: ['contacts.type'] }).cleanContact({ $id: 'C', type: 'x' }).body).toEqual({ $id: 'C' });
});

it('passes over what dbsync needs where a glob has wildcards', () => {
  const { body } = rules({ exclude: ['*'] }).cleanContact(BODY);
  expect(body).toEqual({
    $id: 'C1',
    $task_log: [
      {
        transactions: [
          { fired: 'T1', connections: [{ id: 'k', recordings: [{}], third_party_connections: [{ id: 'k3' }] }] },
        ],
      },
    ],
  });
});

it('refuses a hash without a key, and a key that could be guessed', () => {
  for (const key of [null, 'short']) {
    expect(() => rules({ hash: ['$phone'], key })).toThrow(expect.objectContaining({ code: 'FIELD_HASH_KEY' }));
  }
  expect(createFieldRules({ exclude: [], hash: [], key: null })).toBeNull();
});

it('has a plan that tells rules and keys apart, whatever the order, and shows no key', () => {
  const { plan } = rules({ exclude: ['b', 'a', 'b'], hash: ['x y'] });
  expect(plan).toBe(rules({ exclude: ['a', 'b'], hash: ['x y'] }).plan);
  expect(plan).toMatch(/^without=a,b hashed=x%20y key=[\da-f]{16}$/);
  const other = { key: 'another key of thirty-two bytes or more' };
  expect(rules({ exclude: ['a', 'b'], hash: ['x y'], ...other }).plan).not.toBe(plan);
  expect(fieldRulesOfPlan(`filter=all prefixes= columns=native ${plan}`)).toBe(plan);
  expect(planWithoutFieldRules(`filter=all prefixes= columns=native ${plan}`)).toBe(
    'filter=all prefixes= columns=native',
  );
  expect(fieldRulesOfPlan('filter=all prefixes= columns=native')).toBe('');
});

it('declares no field that is left out, and a hash as a text', () => {
  const fields = [
    { name: 'age', type: 'number' },
    { name: 'city', type: 'text' },
    { name: 'mail', type: 'text' },
  ];
  expect(rules({ exclude: ['contacts.mail'], hash: ['age'] }).declared(fields)).toEqual([
    { name: 'age', type: 'text' },
    { name: 'city', type: 'text' },
  ]);
});

it('knows which globs have fitted no field of a contact', () => {
  const mine = rules({ exclude: ['a*', 'ab', '$Phone', 'inbound_calls.x'], hash: ['recordings.a', 'b'] });
  mine.cleanContact({ $id: 'C1', ab: 1, $phone: 2, b: 3 });
  expect(mine.unmatched()).toEqual(['$Phone', 'recordings.a']);
});

it('knows a body that it has marked, and no other', () => {
  const mine = rules({ hash: ['a'] });
  const marked = mine.marked({ $id: 'C1' });
  expect(mine.unmarked(marked)).toEqual({ $id: 'C1' });
  expect(mine.unmarked({ $id: 'C1' })).toBeNull();
  expect(rules({ hash: ['b'] }).unmarked(marked)).toBeNull();
});

it('copies a body of a hundred thousand levels, and a field __proto__', () => {
  let connection: Json = { id: 'k', phone: 'SECRET' };
  for (let level = 0; level < 100_000; level++) connection = { id: 'k', third_party_connections: [connection] };
  const body = { $id: 'C', $task_log: [{ transactions: [{ fired: 'T', connections: [connection] }] }] };
  const { of } = rules({ exclude: ['phone'] }).cleanContact(body);
  let at: Json = of(connection);
  for (let level = 0; level < 100_000; level++)
    at = (at as { third_party_connections: Json[] }).third_party_connections[0] ?? null;
  expect(at).toEqual({ id: 'k' });
  const odd = JSON.parse('{"$id":"C","__proto__":{"a":1}}');
  expect(Object.entries(rules({ exclude: ['b'] }).cleanContact(odd).body)).toEqual(Object.entries(odd));
});

it('leaves out what a glob names at every place of records, and keeps all else', () => {
  const leaf = fc.constantFrom<Json>('x', '', null, 1);
  const fields = { secret: leaf, secret_2: leaf, open: leaf };
  const optional = { requiredKeys: [] };
  const listOf = (item: fc.Arbitrary<unknown>) =>
    fc.oneof(fc.array(item, { maxLength: 3 }), fc.tuple(fc.array(item)), item, leaf);
  const recordings = listOf(fc.record(fields, optional));
  const { connections } = fc.letrec((tie) => ({
    connections: listOf(
      fc.record(
        { ...fields, recordings, third_party_connections: fc.option(tie('connections'), { maxDepth: 3 }) },
        optional,
      ),
    ),
  }));
  const transactions = listOf(fc.record({ ...fields, connections }, optional));
  const taskLog = listOf(fc.record({ ...fields, transactions }, optional));
  const mine = rules({ exclude: ['secret*'] });
  fc.assert(
    fc.property(fc.record({ ...fields, $task_log: taskLog }, optional), (value) => {
      const text = JSON.stringify(value);
      const isOpen = (name: string, of: unknown) => (name.startsWith('secret') ? undefined : of);
      expect(mine.cleanContact(JSON.parse(text)).body).toEqual(JSON.parse(text, isOpen));
    }),
  );
});
