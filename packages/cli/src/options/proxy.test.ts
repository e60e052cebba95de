import { expect, it } from 'vitest';
import { proxyFor } from './proxy.js';

const find = (address: string, variables: Record<string, string>, option: string | null = null) =>
  proxyFor(address, { option, variables })?.url ?? null;

it.each<[what: string, address: string, variables: Record<string, string>, proxy: string | null]>([
  [
    'https by its variable',
    'https://a.example',
    { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:2' },
    'http://p:1/',
  ],
  ['http by its variable', 'http://a.example', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:2' }, 'http://q:2/'],
  ['small letters first', 'https://a.example', { https_proxy: 'http://p:1', HTTPS_PROXY: 'http://q:2' }, 'http://p:1/'],
  ['an empty variable as none', 'https://a.example', { https_proxy: '', HTTPS_PROXY: 'http://q:2' }, 'http://q:2/'],
  ['a proxy without a scheme', 'https://a.example', { HTTPS_PROXY: 'p.example:3128' }, 'http://p.example:3128/'],
  ['a proxy with TLS', 'https://a.example', { HTTPS_PROXY: 'https://p.example' }, 'https://p.example/'],
  ['exempt hosts', 'https://a.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.example' }, null],
  ['exempt default ports', 'https://a.example', { HTTPS_PROXY: 'http://p:1', no_proxy: 'a.example:443' }, null],
  ['no variable', 'https://a.example', { HTTP_PROXY: 'http://q:2' }, null],
  ['databases never', 'postgres://a.example/db', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:2' }, null],
  ['files never', 'sqlite:a.db', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:2' }, null],
])('reads %s', (_, address, variables, proxy) => {
  expect(find(address, variables)).toBe(proxy);
});

it('lets --proxy win over the environment, NO_PROXY apart; an empty one means none', () => {
  const variables = { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'near.example' };
  expect(find('https://far.example', variables, 'http://o:3')).toBe('http://o:3/');
  expect(find('https://near.example', variables, 'http://o:3')).toBeNull();
  expect(find('https://far.example', variables, '')).toBeNull();
});

it('tells the secrets, as they were written, decoded and as they are sent', () => {
  const proxy = proxyFor('https://a.example', { option: 'http://us%3Aer:p%40ss@p:1', variables: {} });
  const sent = Buffer.from('us:er:p@ss').toString('base64');
  expect(proxy).toEqual({ url: 'http://us%3Aer:p%40ss@p:1/', secrets: ['p%40ss', 'p@ss', sent] });
});

it.each([
  ['socks5://p:1', /^HTTPS_PROXY takes http:\/\//],
  ['http://u:s%zz@p:1', /^HTTPS_PROXY has credentials/],
  ['http://', /^HTTPS_PROXY takes http:\/\//],
])('refuses %s without showing it', (value, message) => {
  const read = () => find('https://a.example', { HTTPS_PROXY: value });
  expect(read).toThrow(message);
  expect(read).not.toThrow(/s%zz|socks5/);
});
