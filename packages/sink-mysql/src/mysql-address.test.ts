import { describe, expect, it } from 'vitest';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './mysql-address.js';

const read = (url: string) => readAddress(serverTarget(url));

describe('address', () => {
  it('takes its parts decoded, and the port of the server where none is given', () => {
    expect(read('mysql://r%40d:p%2Fw@db.example:6432/a%2Fb')).toMatchObject({
      host: 'db.example',
      port: 6432,
      user: 'r@d',
      password: 'p/w',
      database: 'a/b',
    });
    expect(read('mariadb://reader@db.example/d')).toMatchObject({ port: 3306, user: 'reader', password: null });
  });

  it('lets a parameter win over the part of the URL', () => {
    const url = 'mysql://a:b@c:1/d?user=u&password=p&host=h&port=2&database=n&connect-timeout=3';
    expect(read(url)).toMatchObject({
      host: 'h',
      port: 2,
      user: 'u',
      password: 'p',
      database: 'n',
      connectTimeoutMs: 3_000,
    });
  });

  it('finds unix sockets in the host and in the parameter, without encryption', () => {
    expect(read('mysql://%2Frun%2Fmysqld.sock/d')).toMatchObject({ socket: '/run/mysqld.sock', tls: null });
    expect(read('mysql://db.example/d?socket=/run/m.sock')).toMatchObject({ socket: '/run/m.sock', tls: null });
    expect(read('mysql://db.example/d')).toMatchObject({ socket: null });
  });

  it('refuses an address without a database, and says how to name one', () => {
    const message = expect.stringContaining('mariadb://user@host/database');
    const error = { code: 'MYSQL_OPTION_INVALID', verdict: 'fatal', message };
    expect(() => read('mariadb://u:canary@db.example')).toThrow(expect.objectContaining(error));
  });
});

describe('encryption', () => {
  const tlsOf = (url: string) => read(url).tls;

  it.each(['db.example', '10.0.0.1', 'localhost.example', '128.0.0.1'])(
    'verifies the name of %s unless an option says otherwise',
    (host) => {
      expect(tlsOf(`mysql://${host}/d`)).toMatchObject({ verify: 'name', authorities: null });
      expect(tlsOf(`mysql://${host}/d?ssl-mode=DISABLED`)).toBeNull();
    },
  );

  it.each(['localhost', 'db.localhost', '127.0.0.1', '127.1.2.3'])(
    'does not encrypt to %s unless an option says otherwise',
    (host) => {
      expect(tlsOf(`mysql://${host}/d`)).toBeNull();
      expect(tlsOf(`mysql://${host}/d?ssl-mode=VERIFY_IDENTITY`)).toMatchObject({ verify: 'name' });
    },
  );

  it.each([
    ['PREFERRED', 'nothing'],
    ['REQUIRED', 'nothing'],
    ['VERIFY_CA', 'chain'],
    ['VERIFY_IDENTITY', 'name'],
  ])('reads ssl-mode=%s as: verify %s', (mode, verify) => {
    const url = `mysql://db.example/d?ssl-mode=${mode}&ssl-ca=/ca.pem&ssl-cert=/c.pem&ssl-key=/k.pem&ssl-key-password=s`;
    expect(tlsOf(url)).toEqual({
      verify,
      authorities: '/ca.pem',
      certificate: '/c.pem',
      key: '/k.pem',
      keyPassword: 's',
    });
  });

  it('refuses half of a client certificate', () => {
    const error = { code: 'MYSQL_OPTION_INVALID', verdict: 'fatal' };
    expect(() => read('mysql://db.example/d?ssl-cert=/c.pem')).toThrow(expect.objectContaining(error));
  });
});
