import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../../test/harness/certificates.ts';
import { MYSQL_STARTERS, type MysqlServer, startMariadb } from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './mysql-address.js';
import { createMysqlEngine } from './mysql-engine.js';

const options = { signal: new AbortController().signal };
const authority = createAuthority();
const files = mkdtempSync(join(tmpdir(), 'dbsync-tls-'));
const file = (name: string) => join(files, name);
/** One address that the certificate names, and one that it does not. */
const LOOPBACK = { 'bind-address': '127.0.0.1,127.0.0.2' };

beforeAll(() => {
  const { certificate, key } = authority.issue(['client']);
  writeFileSync(file('ca.pem'), authority.certificate);
  writeFileSync(file('other.pem'), createAuthority('Another company').certificate);
  writeFileSync(file('client.pem'), certificate);
  writeFileSync(file('client-key.pem'), key);
  writeFileSync(file('broken.pem'), 'no certificate');
});
afterAll(() => rmSync(files, { recursive: true }));

/** Connects with that query, and returns the first line of a health check. */
async function connectWith(url: string, host: string, query: string, user?: string): Promise<string | undefined> {
  const address = new URL(url);
  address.hostname = host;
  address.search = query.replaceAll('{}', files);
  if (user !== undefined) [address.username, address.password] = [user, 'x'];
  const session = await createMysqlEngine(readAddress(serverTarget(address.href))).connect(options);
  try {
    return (await session.checkHealth(options))[0]?.what;
  } finally {
    await session.close();
  }
}

describe.each(MYSQL_STARTERS)('%s', (product, start) => {
  let server: MysqlServer;
  let url: string;
  beforeAll(async () => {
    server = await start({
      tls: { ...authority.issue(['localhost', '127.0.0.2']), authority: authority.certificate },
      settings: LOOPBACK,
    });
    url = await server.createDatabase();
  });
  afterAll(() => server.stop());

  it.each([
    ['ssl-mode=VERIFY_IDENTITY&ssl-ca={}/ca.pem', 'localhost'],
    ['ssl-mode=VERIFY_IDENTITY&ssl-ca={}/ca.pem', '127.0.0.2'],
    ['ssl-mode=VERIFY_CA&ssl-ca={}/ca.pem', '127.0.0.1'],
    ['ssl-mode=REQUIRED', '127.0.0.1'],
  ])('encrypts with %s to %s', async (query, host) => {
    expect(await connectWith(url, host, query)).toMatch(/, encrypted$/);
  });

  it.each([
    ['the name is another', 'ssl-mode=VERIFY_IDENTITY&ssl-ca={}/ca.pem', '127.0.0.1'],
    ['another authority signed it', 'ssl-mode=VERIFY_IDENTITY&ssl-ca={}/other.pem', 'localhost'],
    ['another authority signed it', 'ssl-mode=VERIFY_CA&ssl-ca={}/other.pem', 'localhost'],
    ['no known authority signed it', 'ssl-mode=VERIFY_IDENTITY', 'localhost'],
    ['no known authority signed it', 'ssl-mode=VERIFY_CA', 'localhost'],
  ])('refuses a certificate when %s (%s)', async (_, query, host) => {
    await expect(connectWith(url, host, query)).rejects.toMatchObject({
      code: 'MYSQL_TLS_FAILED',
      verdict: 'fatal',
      message: expect.stringContaining('ssl-ca'),
    });
  });

  it('shows its own certificate to a server that asks for one', async () => {
    const admin = await createConnection({ uri: url, multipleStatements: true });
    const database = new URL(url).pathname.slice(1);
    await admin.query(`CREATE USER 'known' IDENTIFIED BY 'x' REQUIRE X509; GRANT ALL ON ${database}.* TO 'known'`);
    await admin.end();
    const encrypted = 'ssl-mode=VERIFY_IDENTITY&ssl-ca={}/ca.pem';
    await expect(connectWith(url, 'localhost', encrypted, 'known')).rejects.toMatchObject({
      code: 'MYSQL_LOGIN_REFUSED',
    });
    const own = `${encrypted}&ssl-cert={}/client.pem&ssl-key={}/client-key.pem`;
    expect(await connectWith(url, 'localhost', own, 'known')).toMatch(/, encrypted$/);
  });

  it.each([
    ['ssl-ca={}/nowhere.pem', 'nowhere.pem cannot be read'],
    ['ssl-cert={}/broken.pem&ssl-key={}/broken.pem', 'ssl-cert or ssl-key'],
  ])('names what is wrong with the files of %s', async (query, says) => {
    await expect(connectWith(url, 'localhost', `ssl-mode=VERIFY_IDENTITY&${query}`)).rejects.toMatchObject({
      code: 'MYSQL_OPTION_INVALID',
      verdict: 'fatal',
      message: expect.stringContaining(says),
    });
  });

  it('names the option where the server insists on encryption', async () => {
    const admin = await createConnection({ uri: url });
    await admin.query('SET GLOBAL require_secure_transport = ON');
    try {
      await expect(connectWith(url, '127.0.0.1', '')).rejects.toMatchObject({
        code: product === 'mysql' ? 'MYSQL_TLS_FAILED' : 'MYSQL_LOGIN_REFUSED',
        verdict: 'fatal',
        message: expect.stringContaining('ssl-mode=VERIFY_IDENTITY'),
      });
    } finally {
      await admin.query('SET GLOBAL require_secure_transport = OFF');
      await admin.end();
    }
  });
});

it('says so when the server offers no encryption', async () => {
  const plain = await startMariadb();
  try {
    const url = await plain.createDatabase();
    const tls = connectWith(url, '127.0.0.1', 'ssl-mode=REQUIRED');
    await expect(tls).rejects.toMatchObject({ code: 'MYSQL_TLS_FAILED', verdict: 'fatal' });
  } finally {
    await plain.stop();
  }
});
