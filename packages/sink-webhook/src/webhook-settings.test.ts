import type { OptionValue, SinkAddress } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import { readSettings } from './webhook-settings.js';

function read(address: Partial<SinkAddress>, options: Readonly<Record<string, OptionValue>> = {}) {
  const whole = { scheme: 'https', user: null, password: null, host: 'h.example', port: null, path: '', ...address };
  return readSettings({ address: whole, options: { timeout: 30, ...options }, notify: () => {} });
}

it.each<[Partial<SinkAddress>, string]>([
  [{}, 'https://h.example/'],
  [{ path: 'a%2Fb', query: 'c=%20d' }, 'https://h.example/a%2Fb?c=%20d'],
  [{ host: '::1', port: 8443, path: 'a' }, 'https://[::1]:8443/a'],
  [{ host: 'bücher.example' }, 'https://xn--bcher-kva.example/'],
  [{ scheme: 'http', host: '0x7f.1', port: 80 }, 'http://127.0.0.1/'],
  [{ user: 'u', password: 'p' }, 'https://h.example/'],
])('makes a URL of %j', (address, href) => {
  expect(read(address).url.href).toBe(href);
});

it('takes basic authentication out of the URL', () => {
  expect(read({ user: 'ü', password: 'p:p' }).headers).toEqual({
    authorization: `Basic ${Buffer.from('ü:p:p').toString('base64')}`,
  });
  expect(read({ password: 'p' }).headers).toEqual({ authorization: `Basic ${Buffer.from(':p').toString('base64')}` });
});

it.each(['', 'a b', 'user@h.example', 'fe80::1%eth0', '1.2.3.4.5', 'h.example/x', 'h.example?'])(
  'refuses the host %j',
  (host) => {
    expect(() => read({ host })).toThrow(expect.objectContaining({ code: 'WEBHOOK_URL_INVALID', verdict: 'fatal' }));
  },
);

it.each([
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '0251.0376.0251.0376',
  '169.254.43518',
  '169.254.169.254.',
  '::ffff:169.254.169.254',
  'fe80::1',
])('refuses %s, however it is spelled, unless that is allowed', (host) => {
  expect(() => read({ host })).toThrow(expect.objectContaining({ code: 'WEBHOOK_ADDRESS_REFUSED', verdict: 'fatal' }));
  expect(() => read({ host })).toThrow('--allow-link-local');
  expect(read({ host }, { 'allow-link-local': true }).addresses.allowLinkLocal).toBe(true);
});

it.each<[Readonly<Record<string, OptionValue>>, Partial<SinkAddress>, string]>([
  [{ timeout: 0 }, {}, 'timeout'],
  [{ timeout: 241 }, {}, 'timeout'],
  [{ cert: 'c.pem' }, {}, 'cert and key belong together'],
  [{ key: 'k.pem' }, {}, 'cert and key belong together'],
  [{ ca: 'ca.pem' }, { scheme: 'http' }, 'for https'],
  [{ header: 'Authorization: Bearer hunter2' }, { user: 'u', password: 'hunter2' }, 'authorization'],
])('refuses %j, and does not repeat it', (options, address, words) => {
  const refused = () => read(address, options);
  expect(refused).toThrow(expect.objectContaining({ code: 'WEBHOOK_OPTION_INVALID', verdict: 'fatal' }));
  expect(refused).toThrow(words);
  expect(refused).not.toThrow('hunter2');
});

it('takes an empty option for none', () => {
  expect(read({}, { 'secret-file': '', ca: '', header: '' })).toMatchObject({ secretFile: null, headers: {} });
});

it('takes path and query for secrets, however a receiver may repeat them, but no word that answers have', () => {
  const { secrets } = read({ path: 'hooks/T%30KEN', query: 'as=json&key=a%20secret' });
  const [path, query] = ['/hooks/T%30KEN', 'as=json&key=a%20secret'];
  const spellings = [`${path}?${query}`, path, '/hooks/T0KEN', query, 'a%20secret', 'a secret'];
  expect([...secrets].sort()).toEqual(spellings.sort());
});

it('R31 reads the statuses that refuse for good: 410 where none are given', () => {
  const refusedOf = (options = {}) => [...read({}, options).refused];
  expect(refusedOf()).toEqual([410]);
  expect(refusedOf({ refused: ' 404, 409,422' })).toEqual([404, 409, 422]);
  expect(refusedOf({ refused: '' })).toEqual([]);
});

it.each(['200', '422;409', 'all', '4xx', '503', '429', '101', '4222'])('refuses the list of statuses %s', (refused) => {
  expect(() => read({}, { refused })).toThrow(expect.objectContaining({ code: 'WEBHOOK_OPTION_INVALID' }));
});
