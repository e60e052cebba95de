import { expect, it } from 'vitest';
import { optionList } from './option-list.js';
import { secretsOf } from './secrets.js';

const secrets = (values: Record<string, string>) => [...secretsOf(new Map(Object.entries(values)), optionList)];

it('knows the token', () => {
  expect(secrets({ token: ' the-token ', campaign: 'A' })).toEqual(['the-token']);
});

it.each([
  ['postgres://user:pass%40word@host/db', ['pass%40word', 'pass@word']],
  ['mysql://user:a#b?c/d@e%@host:3306/db', ['a#b?c/d@e%']],
  ['mysql://user:a:b@host/db', ['a:b']],
  ['postgres://host/db?user=a@b&password=hidden', ['hidden']],
  ['postgres://user:secret@host/db?options=x@y', ['secret@host/db?options=x', 'secret']],
  ['https://host/hook?key=k%20k&x=1', ['k%20k', 'k k']],
  ['postgres://user@host/db', []],
  ['sqlite:/var/lib/a:b@c.db', []],
])('knows what is secret in %s', (url, expected) => {
  expect(secrets({ url }).sort()).toEqual(expect.arrayContaining(expected));
  expect(secrets({ url }).length === 0).toBe(expected.length === 0);
});

it('knows the values of sensitive options of sinks', () => {
  const options = [{ name: 'redis-key', type: 'text', group: 'How', help: '', sensitive: true }] as const;
  expect([...secretsOf(new Map([['redis-key', 'abc']]), options)]).toEqual(['abc']);
});
