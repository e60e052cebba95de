import type { LookupAddress } from 'node:dns';
import { expect, it } from 'vitest';
import { guardedLookup, refusalOf } from './address-guard.js';
import { createHttp1Exchange } from './http1-exchange.js';

const USUAL = { allowLinkLocal: false, denyPrivate: false };
const DENYING = { allowLinkLocal: false, denyPrivate: true };
const isRefused = (address: string, rules = USUAL) => refusalOf(address, rules) !== null;

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
  '::ffff:0:169.254.169.254',
  '::ffff:0:a9fe:a9fe',
  '64:ff9b::169.254.169.254',
  '64:ff9b::100.100.100.200',
  '64:ff9b:1::169.254.169.254',
  '64:ff9b:1:a9fe:a9:fe00::',
  '64:ff9b:1:a9:fe:a9fe::',
  '64:ff9b:1:0:a9:fea9:fe00:0',
  '2001:0:a9fe:a9fe:0:1:2:3',
  '2001::5601:5601',
  '2002:a9fe:a9fe::',
  'fe81::5efe:169.254.169.254',
  '2001:db8::5efe:a9fe:a9fe',
  '2001:db8::200:5efe:169.254.169.254',
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
  '::ffff:0:8.8.8.8',
  '64:ff9b::8.8.8.8',
  '64:ff9b:1::8.8.8.8',
  '2002:808:808::1',
  '2001:0:808:808::f7f7:f7f7',
  '2001:db8::a9fe:a9fe',
  '',
])('takes %s', (address) => {
  expect(isRefused(address)).toBe(false);
});

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '224.0.0.1',
  '::',
  '::1',
  'fd00::1',
  'fec0::1',
  'ff02::1',
  'fe80::1',
  '::ffff:10.0.0.1',
  '::10.0.0.1',
  '::ffff:0:10.0.0.1',
  '64:ff9b::10.0.0.1',
  '64:ff9b:1::192.168.0.1',
  '2002:a00:1::',
  '2001:0:a00:1::',
  '2001::f5ff:fffe',
])('refuses %s with --deny-private alone or also without', (address) => {
  expect(isRefused(address, DENYING)).toBe(true);
});

it.each([
  '8.8.8.8',
  '172.32.0.1',
  '192.169.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
])('takes %s with --deny-private', (address) => {
  expect(isRefused(address, DENYING)).toBe(false);
});

it('takes names for names', () => {
  expect(isRefused('169.254.169.254.example.com')).toBe(false);
});

function look(name: string, all: boolean, rules = USUAL) {
  return new Promise<string | LookupAddress[]>((resolve, reject) => {
    guardedLookup(rules)(name, { all }, (error, found) => (error ? reject(error) : resolve(found)));
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

it('keeps back a name that leads to a private address, at the moment of dialling', async () => {
  expect(await look('localhost', false)).toMatch(/^(?:127\.0\.0\.1|::1)$/);
  await expect(look('localhost', true, DENYING)).rejects.toMatchObject({
    code: 'WEBHOOK_ADDRESS_REFUSED',
    message: expect.stringContaining('--deny-private'),
  });
});

it('is what connections take their addresses from', async () => {
  const dialling = { host: '0xa9fea9fe', port: 80, lookup: guardedLookup(USUAL), secureContext: null };
  const exchange = createHttp1Exchange(new URL('http://receiver.example/'), dialling, true);
  const sent = exchange.send({ headers: {}, body: Buffer.from('') }, new AbortController().signal);
  await expect(sent).rejects.toMatchObject({ code: 'WEBHOOK_ADDRESS_REFUSED' });
  exchange.close();
});
