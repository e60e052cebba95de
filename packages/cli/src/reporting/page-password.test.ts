import { expect, it } from 'vitest';
import { createPagePassword } from './page-password.js';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

it.each([
  ['no header', undefined, 'missing'],
  ['another scheme', 'Bearer pässword: 1', 'missing'],
  ['no base64', 'Basic ~~', 'missing'],
  ['the password with a user', basic('dbsync:pässword: 1'), 'right'],
  ['the password without a user', basic(':pässword: 1'), 'right'],
  ['a scheme in other letters', basic(':pässword: 1').replace('Basic', 'basic '), 'right'],
  ['the beginning of the password', basic('dbsync:pässword: '), 'wrong'],
  ['a longer one', basic('dbsync:pässword: 12'), 'wrong'],
  ['none', basic('dbsync:'), 'wrong'],
  ['the password without a colon', basic('pässword'), 'wrong'],
])('%s', (_, header, verdict) => {
  expect(createPagePassword('pässword: 1').check(header)).toBe(verdict);
});

it('demands the colon between user and password', () => {
  expect(createPagePassword('password').check(basic('password'))).toBe('wrong');
});
