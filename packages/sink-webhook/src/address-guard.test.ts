import type { LookupAddress } from 'node:dns';
import { expect, it } from 'vitest';
import { guardedLookup, isRefused } from './address-guard.js';
import { createHttp1Exchange } from './http1-exchange.js';

it.each([
  '169.254.169.254',
  '169.254.0.1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '2002:a9fe:a9fe::1',
  'fe80::1',
  'fe80::1%eth0',
  'febf::1',
  'fd00:ec2::254',
  'fd00:0ec2:0:0::0254',
  'fd20:ce::254',
  '100.100.100.200',
  '::ffff:100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
])('refuses %s', (address) => {
  expect(isRefused(address)).toBe(true);
});

it.each([
  '127.0.0.1',
  '::1',
  '10.0.0.1',
  '192.168.1.1',
  '169.253.255.255',
  '169.255.0.0',
  'fec0::1',
  'fd00::1',
  '::',
  '',
])('takes %s', (address) => {
  expect(isRefused(address)).toBe(false);
});

it('takes names for names', () => {
  expect(isRefused('169.254.169.254.example.com')).toBe(false);
});

function look(name: string, all: boolean) {
  return new Promise<string | LookupAddress[]>((resolve, reject) => {
    guardedLookup(name, { all }, (error, found) => (error ? reject(error) : resolve(found)));
  });
}

it('looks names up in both ways that connections ask', async () => {
  expect(await look('127.0.0.1', false)).toBe('127.0.0.1');
  expect(await look('127.0.0.1', true)).toEqual([{ address: '127.0.0.1', family: 4 }]);
  await expect(look('x'.repeat(64), true)).rejects.toMatchObject({ syscall: 'getaddrinfo' });
});

it.each(['169.254.169.254', '0xa9fea9fe', '2852039166', '0251.0376.0251.0376', '169.254.43518'])(
  'keeps back %s, which only the system reads as an address',
  async (name) => {
    for (const all of [true, false]) {
      await expect(look(name, all)).rejects.toThrow('its name leads to 169.254.169.254 is a link-local address');
    }
  },
);

it('is what connections take their addresses from', async () => {
  const dialling = { host: '0xa9fea9fe', port: 80, lookup: guardedLookup, secureContext: null };
  const exchange = createHttp1Exchange(new URL('http://receiver.example/'), dialling, true);
  const sent = exchange.send({ headers: {}, body: Buffer.from('') }, new AbortController().signal);
  await expect(sent).rejects.toMatchObject({ code: 'WEBHOOK_ADDRESS_REFUSED' });
  exchange.close();
});
