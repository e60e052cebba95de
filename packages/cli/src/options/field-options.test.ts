import { expect, it } from 'vitest';
import { checkedValues } from './checked-values.js';
import { fieldOptions } from './field-options.js';

const read = (given: Record<string, string>) => fieldOptions(checkedValues(new Map(Object.entries(given))));

it('takes globs with commas, and the option several times', () => {
  expect(read({ 'exclude-fields': "'$phone', contacts.mail*\nuser" })).toEqual({
    exclude: ['$phone', 'contacts.mail*', 'user'],
    hash: [],
    keyFile: null,
  });
});

it('wants a key for hashes, and reads none without', () => {
  expect(() => read({ 'hash-fields': '$phone' })).toThrow('--hash-key-file FILE');
  expect(read({ 'hash-fields': '$phone', 'hash-key-file': 'k' }).keyFile).toBe('k');
  expect(read({ 'hash-key-file': 'k' }).keyFile).toBeNull();
});
