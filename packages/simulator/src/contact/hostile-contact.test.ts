import { describe, expect, it } from 'vitest';
import { connectionSlots, parseRecord, recordingSlots, transactionSlots } from './contact-record.js';
import { contactText } from './contact-text.js';
import { customFields } from './custom-fields.js';
import { makeHostile } from './hostile-contact.js';
import { createRandom } from './random.js';

function plain(): string {
  const firedMs = [1, 2, 3].map((hour) => Date.parse('2026-01-01') + hour * 3_600_000);
  return contactText({ id: 'A1', md5: null, campaign: 'C', fields: customFields(11), createdMs: 0, firedMs }, 3);
}

/** The texts of as many hostile contacts as there are hazards, several times over. */
const texts = Array.from({ length: 22 * 8 }, (_, number) => {
  const contact = parseRecord(plain());
  makeHostile(contact, number, createRandom(number));
  return JSON.stringify(contact);
});
const all = texts.join('\n');

describe('makeHostile', () => {
  it('changes every contact, and the same one always in the same way', () => {
    for (const text of texts) expect(text).not.toBe(plain());
    const again = parseRecord(plain());
    makeHostile(again, 5, createRandom(5));
    expect(JSON.stringify(again)).toBe(texts[5]);
  });

  it.each([
    ['emoji', '👨‍👩‍👧‍👦'],
    ['NUL', 'before\\u0000after'],
    ['a high surrogate alone', 'high \\ud83d alone'],
    ['a low surrogate alone', '\\udc00 low'],
    ['2^63', ':9223372036854775808'],
    ['a decimal of 30 digits', ':0.123456789012345678901234567891'],
    ['digits that end in 0', ':1.10'],
    ['minus zero', ':-0,'],
    ['an empty text', ':"",'],
    ['null', ':null,'],
    ['an object', '{"a":{"b":'],
    ['an array', '[1,"two",null'],
    ['__proto__', '"__proto__":'],
    ['a time that is none', '2024-02-30T12:00:00.000Z'],
    ['a fired that is no time', '"fired":"not a time"'],
    ['a field in our name', '"$overflow":'],
    ['an id of its own in a recording', '"id":7'],
    ['an unheard-of key', '"unheard_of":'],
  ])('has %s', (_what, text) => expect(all).toContain(text));

  it('has a text of a megabyte', () =>
    expect(Math.max(...texts.map((text) => text.length))).toBeGreaterThan(1_000_000));

  const records = texts.map(parseRecord);
  const transactions = records.map((contact) => transactionSlots(contact).map(({ record }) => record));
  const connections = transactions.map((list) => list.flatMap((t) => connectionSlots(t).map(({ record }) => record)));
  const twice = (values: readonly unknown[]) => new Set(values).size < values.length;

  it.each([
    ['a contact without a log', records.some((contact) => !('$task_log' in contact))],
    ['a transaction without fired', transactions.some((list) => list.some((t) => !('fired' in t)))],
    [
      'twins with numbers',
      transactions.some((list) => twice(list.map((t) => t.fired)) && list.every((t) => t.sequence_nr)),
    ],
    [
      'twins without numbers',
      transactions.some((list) => list.filter((t) => t.fired && !('sequence_nr' in t)).length > 1),
    ],
    ['a connection without id', connections.some((list) => list.some((c) => !('id' in c)))],
    ['a connection id twice', connections.some((list) => twice(list.map((c) => c.id).filter(Boolean)))],
    ['an open call', connections.some((list) => list.some((c) => !('disconnected' in c) && c.connected))],
    [
      'a transfer without one before it',
      transactions.some((list) =>
        JSON.stringify(list[0]?.connections)?.includes('"technology":"transfer","recordings"'),
      ),
    ],
    [
      'a recording with neither location nor started',
      connections.some((list) =>
        list.some((c) => recordingSlots(c).some(({ record: r }) => !r.location && !r.started)),
      ),
    ],
  ])('has %s', (_what, isThere) => expect(isThere).toBe(true));
});
