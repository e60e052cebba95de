import { describe, expect, it } from 'vitest';
import { readStoreRequest } from './read-request.js';

describe('a request in a mailbox', () => {
  it.each([
    ['{"kind":"refetch","contactIds":["A"]}', { kind: 'refetch', contactIds: ['A'] }],
    ['{"key":"other","kind":"replay","deadLetterKey":"L"}', { kind: 'replay', deadLetterKey: 'L' }],
    ['{"kind":"drop","deadLetterKey":"L","more":1}', { kind: 'drop', deadLetterKey: 'L' }],
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
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  ])('R36 is unreadable where it says %s', (text) => {
    expect(readStoreRequest('K', text)).toEqual({ key: 'K', kind: 'unreadable' });
  });
});
