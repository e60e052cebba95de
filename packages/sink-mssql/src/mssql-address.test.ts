import { describe, expect, it } from 'vitest';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './mssql-address.js';

const read = (url: string) => readAddress(serverTarget(url));
const refused = (words: string) =>
  expect.objectContaining({ code: 'MSSQL_OPTION_INVALID', verdict: 'fatal', message: expect.stringContaining(words) });

describe('address', () => {
  it.each([
    ['sqlserver://u:p@db.example:1434/shop', { port: 1434, instance: null, database: 'shop' }],
    ['sqlserver://u:p@db.example/shop', { port: 1433, instance: null, database: 'shop' }],
    ['sqlserver://u:p@db.example/SALES/shop', { port: null, instance: 'SALES', database: 'shop' }],
    ['sqlserver://u:p@db.example:1434/SALES/shop', { port: 1434, instance: null, database: 'shop' }],
    ['sqlserver://u:p@db.example?database=shop', { port: 1433, instance: null, database: 'shop' }],
    ['sqlserver://u:p@db.example/SALES?database=shop', { port: null, instance: 'SALES', database: 'shop' }],
    ['sqlserver://u:p@db.example/shop?database=shop', { port: 1433, instance: null, database: 'shop' }],
    ['sqlserver://u:p@db.example/shop?instance=SALES', { port: null, instance: 'SALES', database: 'shop' }],
    ['sqlserver://u:p@db.example/shop?instance=SALES&port=7', { port: 7, instance: null, database: 'shop' }],
    ['mssql://u:p@db.example/shop%20one', { database: 'shop one' }],
  ])('reads %s', (url, parts) => {
    expect(read(url)).toMatchObject({
      server: 'db.example',
      login: { user: 'u', password: 'p', domain: null },
      ...parts,
    });
  });

  it('lets a parameter win over the part of the URL', () => {
    const url = 'sqlserver://a:b@c:1/d?server=s&port=2&user-id=u&password=p&database=n&app-name=copy&workstation-id=w';
    expect(read(url)).toMatchObject({
      server: 's',
      port: 2,
      database: 'n',
      login: { user: 'u', password: 'p' },
      applicationName: 'copy',
      workstation: 'w',
    });
  });

  it('takes a Windows account by its domain', () => {
    expect(read('sqlserver://CORP%5Cagent:p@h/d').login).toEqual({ user: 'agent', password: 'p', domain: 'CORP' });
  });

  it.each([
    ['', 15_000],
    ['?connection-timeout=0', 15_000],
    ['?connection-timeout=3', 3_000],
    ['?dial-timeout=4', 4_000],
    ['?dial-timeout=4&connection-timeout=9', 9_000],
  ])('waits for a connection as %s says: %i ms', (query, connectTimeoutMs) => {
    expect(read(`sqlserver://u:p@h/d${query}`)).toMatchObject({ connectTimeoutMs });
  });

  it.each([
    ['sqlserver://u:p@h', 'no database'],
    ['sqlserver://u:p@h/', 'no database'],
    ['sqlserver://u:p@h/a/b/c', 'more parts'],
    ['sqlserver://h/d', 'no user'],
    ['sqlserver://u:p@h/d?packet-size=100', 'packet-size'],
    ['sqlserver://u:p@h/d?encrypt=maybe', 'encrypt must be one of'],
    ['sqlserver://u:p@h/d?encrypt=true&tls-min=2', 'tls-min must be one of: 1.0, 1.1, 1.2, 1.3'],
    ['sqlserver://u:p@h/d?encrypt=true&tls-min=1.3', 'encrypt=strict'],
    ['sqlserver://u:p@h/d?client-certificate=/c.pem', 'client-key'],
    ['sqlserver://u:p@h/d?encrypt=strict&trust-server-certificate=true', 'TrustServerCertificate'],
  ])('refuses %s', (url, words) => {
    expect(() => read(url)).toThrow(refused(words));
  });
});

describe('encryption', () => {
  const tlsOf = (host: string, query = '') => read(`sqlserver://u:p@${host}/d${query}`).tls;

  it.each(['db.example', '10.0.0.1', 'localhost.example', '128.0.0.1'])(
    'verifies the certificate of %s unless an option says otherwise',
    (host) => {
      expect(tlsOf(host)).toMatchObject({ strict: false, verify: true, hostName: null, authorities: null });
      for (const off of ['disable', 'false', 'False', 'optional', 'no', '0'])
        expect(tlsOf(host, `?encrypt=${off}`)).toBeNull();
    },
  );

  it.each(['localhost', 'db.localhost', '127.0.0.1', '127.1.2.3'])(
    'does not encrypt to %s unless an option says otherwise',
    (host) => {
      expect(tlsOf(host)).toBeNull();
      for (const on of [
        '?encrypt=true',
        '?encrypt=mandatory',
        '?encrypt=yes',
        '?certificate=/ca.pem',
        '?tls-min=1.2',
      ]) {
        expect(tlsOf(host, on)).toMatchObject({ verify: true });
      }
      expect(tlsOf(host, '?trust-server-certificate=true')).toMatchObject({ verify: false });
    },
  );

  it('takes everything that there is to say about it', () => {
    const query =
      '?encrypt=strict&certificate=/ca.pem&host-name-in-certificate=n&client-certificate=/c&client-key=/k&client-key-password=x&tls-min=1.3';
    expect(tlsOf('db.example', query)).toEqual({
      strict: true,
      verify: true,
      hostName: 'n',
      authorities: '/ca.pem',
      certificate: '/c',
      key: '/k',
      keyPassword: 'x',
      minVersion: 'TLSv1.3',
    });
  });
});
