import { describe, expect, it } from 'vitest';
import { readStoreRequest, requestFault } from './read-request.js';
import type { StoreRequest } from './store-request.js';

describe('a request in a mailbox', () => {
  it.each([
    ['{"kind":"refetch","contactIds":["A"]}', { kind: 'refetch', contactIds: ['A'] }],
    ['{"key":"other","kind":"replay","deadLetterKey":"L"}', { kind: 'replay', deadLetterKey: 'L' }],
    ['{"kind":"drop","deadLetterKey":"L","more":1}', { kind: 'drop', deadLetterKey: 'L' }],
    ['{"kind":"forget","contactIds":["A"]}', { kind: 'forget', contactIds: ['A'] }],
    ['{"kind":"mirror","most":7}', { kind: 'mirror', most: 7 }],
    ['{"kind":"drop-gone","contactIds":["A"],"present":"B"}', { kind: 'drop-gone', contactIds: ['A'], present: 'B' }],
    [
      '{"kind":"refetch-calls","from":"2026-03-01T00:00:00.000Z","until":null}',
      { kind: 'refetch-calls', from: '2026-03-01T00:00:00.000Z', until: null },
    ],
  ])('R36 is read from %s, under the key of its row', (text, options) => {
    expect(readStoreRequest('K', text)).toEqual({ key: 'K', ...options });
  });

  it.each([
    '',
    'refetch',
    'null',
    '[]',
    '"drop"',
    '{}',
    '{"kind":"refetch"}',
    '{"kind":"refetch","contactIds":"A"}',
    '{"kind":"refetch","contactIds":["A",1]}',
    '{"kind":"drop","deadLetterKey":null}',
    '{"kind":"erase","contactIds":[]}',
    '{"kind":"forget","contactIds":[null]}',
    '{"kind":"mirror","most":"7"}',
    '{"kind":"mirror","most":[7]}',
    '{"kind":"drop-gone","contactIds":["A"]}',
    '{"kind":"refetch-calls","from":"foo 1","until":null}',
    '{"kind":"refetch-calls","from":"0001-01-01T00:00:00.000Z","until":null}',
    '{"kind":"refetch-calls","from":null,"until":"+275760-09-13T00:00:00.000Z"}',
    `{"kind":"drop-gone","contactIds":["A"],"present":"${'x'.repeat(1_001)}"}`,
    `{"kind":"drop","deadLetterKey":"${'x'.repeat(1_001)}"}`,
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  ])('R36 is unreadable where it says %s', (text) => {
    expect(readStoreRequest('K', text)).toEqual({ key: 'K', kind: 'unreadable' });
  });
});

describe('a request that is to be posted', () => {
  const refetch = (contactIds: readonly string[]) => requestFault({ key: 'K', kind: 'refetch', contactIds });

  it('fits with a thousand ids of a thousand characters', () => {
    expect(refetch(Array.from({ length: 1_000 }, () => 'x'.repeat(1_000)))).toBe(null);
  });

  it('may name a contact with an id of any length, since rows of other programs have such ids', () => {
    const contactIds = ['A', 'x'.repeat(200_000)];
    expect(refetch(contactIds)).toBe(null);
    const text = JSON.stringify({ kind: 'forget', contactIds });
    expect(readStoreRequest('K', text)).toEqual({ key: 'K', kind: 'forget', contactIds });
  });

  it.each<[StoreRequest, string]>([
    [
      { key: 'K', kind: 'refetch-calls', from: '1999-01-01T00:00:00.000Z', until: null },
      'the time 1999-01-01T00:00:00.000Z is not between 2000 and 2100',
    ],
    [{ key: 'K', kind: 'mirror', most: 0 }, '0 is not a number of contacts'],
    [
      { key: 'K', kind: 'drop', deadLetterKey: 'x'.repeat(1_001) },
      `the key of dead letter ${'x'.repeat(60)}... has more than 1000 characters`,
    ],
    [
      { key: 'K', kind: 'drop-gone', contactIds: [], present: 'y'.repeat(1_001) },
      `the id of contact ${'y'.repeat(60)}... has more than 1000 characters`,
    ],
  ])('is refused with the value that the process that holds the campaign would not read: %j', (request, fault) => {
    expect(requestFault(request)).toBe(fault);
  });

  it('is refused where it is too long', () => {
    expect(refetch(Array.from({ length: 5_000 }, () => 'x'.repeat(1_000)))).toMatch(/^it has more than 4 MiB/);
  });
});
