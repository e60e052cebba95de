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

it.each([
  ['a shell has replaced the only name', ''],
  ['a shell has replaced the first name', ',contacts.mail*'],
  ['a shell has replaced one of several options', '\nuser'],
  ['a shell has replaced the name behind the kind', 'user,contacts.'],
  ['quotes hold nothing', "''"],
])('refuses a place without a name: %s', (_, text) => {
  for (const option of ['exclude-fields', 'hash-fields']) {
    const given = { [option]: text, 'hash-key-file': 'k' };
    expect(() => read(given)).toThrow(expect.objectContaining({ code: 'CLI_OPTION_VALUE' }));
  }
});

it('takes lists over several lines, with commas at their ends', () => {
  expect(read({ 'exclude-fields': '$phone,\n  user ,\ncontacts.a' }).exclude).toEqual(['$phone', 'user', 'contacts.a']);
});
