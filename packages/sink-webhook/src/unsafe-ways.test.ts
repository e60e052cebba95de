import { expect, it } from 'vitest';
import { unsafeWays } from './unsafe-ways.js';

it.each([
  ['http://crm.example.com/hook', null, ['WEBHOOK_NOT_ENCRYPTED', 'WEBHOOK_NOT_SIGNED']],
  ['http://crm.test/hook', '/secrets', ['WEBHOOK_NOT_ENCRYPTED']],
  ['https://crm.example.com/hook', null, ['WEBHOOK_NOT_SIGNED']],
  ['https://crm.example.com/hook', '/secrets', []],
  ['http://localhost:8080/hook', '/secrets', []],
  ['http://[::1]:8080/hook', '/secrets', []],
])('%s, signed by %j: %j', (url, secretFile, codes) => {
  expect(unsafeWays({ url: new URL(url), secretFile }).map(({ code }) => code)).toEqual(codes);
});
