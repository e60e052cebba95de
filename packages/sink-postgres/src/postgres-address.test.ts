import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './postgres-address.js';

const read = (url: string) => readAddress(serverTarget(url));

describe('address', () => {
  it('takes its parts decoded, and what libpq takes where a part is missing', () => {
    expect(read('postgres://r%40d:p%2Fw@db.example:6432/a%2Fb')).toMatchObject({
      host: 'db.example',
      port: 6432,
      user: 'r@d',
      password: 'p/w',
      database: 'a/b',
    });
    const { username } = userInfo();
    expect(read('postgres://db.example')).toMatchObject({
      port: 5432,
      user: username,
      password: null,
      database: username,
    });
    expect(read('postgres://reader@db.example')).toMatchObject({ user: 'reader', database: 'reader' });
  });

  it('lets a parameter win over the part of the URL', () => {
    const url = 'postgres://a:b@c:1/d?user=u&password=p&host=h&port=2&dbname=n&search_path=s&options=-c%20geqo%3Doff';
    expect(read(url)).toMatchObject({
      host: 'h',
      port: 2,
      user: 'u',
      password: 'p',
      database: 'n',
      searchPath: 's',
      serverOptions: '-c geqo=off',
    });
  });

  it("takes Prisma's schema by its very name, and search_path before it", () => {
    expect(read('postgres://h/d?schema=Mixed%20Case')).toMatchObject({ searchPath: '"Mixed Case"' });
    expect(read('postgres://h/d?schema=a&search_path=b')).toMatchObject({ searchPath: 'b' });
    expect(read('postgres://h/d')).toMatchObject({ searchPath: null, bindsChannel: false });
    expect(read('postgres://h/d?channel_binding=require')).toMatchObject({ bindsChannel: true });
  });

  it('finds unix sockets in the host and in the parameter, without encryption', () => {
    expect(read('postgres://%2Frun%2Fpg/d')).toMatchObject({ host: '/run/pg', tls: null });
    expect(read('postgres:///d?host=/run/pg&sslmode=verify-full')).toMatchObject({ host: '/run/pg', tls: null });
    expect(read('postgres:///d')).toMatchObject({ host: null, tls: null });
  });
});

describe('encryption', () => {
  const tlsOf = (url: string) => read(url).tls;

  it.each(['db.example', '10.0.0.1', 'localhost.example', '128.0.0.1'])(
    'verifies the name of %s unless an option says otherwise',
    (host) => {
      expect(tlsOf(`postgres://${host}/d`)).toMatchObject({ verify: 'name', authorities: null });
      expect(tlsOf(`postgres://${host}/d?sslmode=disable`)).toBeNull();
    },
  );

  it.each(['localhost', 'db.localhost', '127.0.0.1', '127.1.2.3'])(
    'does not encrypt to %s unless an option says otherwise',
    (host) => {
      expect(tlsOf(`postgres://${host}/d`)).toBeNull();
      expect(tlsOf(`postgres://${host}/d?sslmode=verify-full`)).toMatchObject({ verify: 'name' });
    },
  );

  it.each([
    ['no-verify', '', 'nothing'],
    ['no-verify', '&sslrootcert=/ca.pem', 'nothing'],
    ['require', '', 'name'],
    ['require', '&sslrootcert=/ca.pem', 'chain'],
    ['verify-ca', '', 'name'],
    ['verify-ca', '&sslrootcert=system', 'name'],
    ['verify-ca', '&sslrootcert=/ca.pem', 'chain'],
    ['verify-full', '&sslrootcert=/ca.pem', 'name'],
  ])('reads sslmode=%s%s as: verify %s', (mode, more, verify) => {
    expect(tlsOf(`postgres://db.example/d?sslmode=${mode}${more}`)).toMatchObject({ verify });
  });

  it.each(['prefer', 'allow'])('takes sslmode=%s as require, and says so', (mode) => {
    const notices: string[] = [];
    const target = serverTarget(`postgres://db.example/d?sslmode=${mode}`);
    const { tls } = readAddress({ ...target, notify: ({ code }) => void notices.push(code) });
    expect(tls).toMatchObject({ verify: 'name' });
    expect(notices).toEqual(['POSTGRES_SSLMODE_STRICTER']);
  });

  it('refuses half of a client certificate', () => {
    const error = { code: 'POSTGRES_OPTION_INVALID', verdict: 'fatal' };
    expect(() => read('postgres://db.example/d?sslcert=/c.pem')).toThrow(expect.objectContaining(error));
  });
});
