import { describe, expect, it } from 'vitest';
import { readStoreRequest, requestFault } from './read-request.js';

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
    `{"kind":"refetch","contactIds":["A","${'x'.repeat(1_001)}"]}`,
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

  it('is refused with its reason where the process that holds the campaign would not read it', () => {
    expect(refetch(['A', 'x'.repeat(1_001)])).toMatch(/^it has an id of more than 1000 characters/);
    expect(refetch(Array.from({ length: 5_000 }, () => 'x'.repeat(1_000)))).toMatch(/^it has more than 4 MiB/);
  });
});
