import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SinkNotice } from '@dbsync/core/contract';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MYSQL_STARTERS, type MysqlServer } from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { createSink } from './index.js';

const options = { signal: new AbortController().signal };
const starters = MYSQL_STARTERS.filter(([product]) => product === 'mysql');

describe.each(starters)('a login without TLS to %s, whose users log in by caching_sha2_password', (_product, start) => {
  let server: MysqlServer;
  let database: string;
  let users = 0;
  beforeAll(async () => {
    server = await start();
    database = await server.createDatabase('copies');
  });
  afterAll(() => server.stop());

  /** Returns the address for a user that the server does not remember. */
  async function newUser(parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    const user = `user_${++users}`;
    const admin = await createConnection(database);
    await admin.query(`CREATE USER ${user} IDENTIFIED BY 'x'`);
    await admin.query(`GRANT ALL ON copies.* TO ${user}`);
    await admin.end();
    const address = new URL(database);
    [address.username, address.password] = [user, 'x'];
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    return address.href;
  }

  async function open(address: string): Promise<readonly SinkNotice[]> {
    const notices: SinkNotice[] = [];
    const sink = createSink({ ...serverTarget(address), notify: (notice) => notices.push(notice) });
    try {
      await sink.open(options);
      return notices;
    } finally {
      await sink.close();
    }
  }

  it('is refused with its remedy, and is taken with a warning once the server remembers the password', async () => {
    const address = await newUser();
    await expect(open(address)).rejects.toMatchObject({
      code: 'MYSQL_LOGIN_REFUSED',
      message: expect.stringMatching(
        /asks for the password itself \(caching_sha2_password\).*socket=.*, the unix socket/,
      ),
    });
    await (await createConnection(address)).end();
    const remembered = { level: 'warn', code: 'MYSQL_LOGIN_REMEMBERED' };
    expect(await open(address)).toEqual([expect.objectContaining(remembered)]);
  });

  it('is taken by a unix socket', async () => {
    expect(await open(await newUser({ socket: server.socketPath }))).toEqual([]);
  });

  it('is taken with the key of the server, and refused where the key is that of another one', async () => {
    const admin = await createConnection(database);
    const [rows] = await admin.query("SHOW STATUS LIKE 'Caching_sha2_password_rsa_public_key'");
    await admin.end();
    const [{ Value: pem }] = rows as [{ Value: string }];
    const file = join(server.socketPath, '../known.pem');
    writeFileSync(file, pem);
    expect(await open(await newUser({ 'server-public-key-path': file }))).toEqual([]);
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    writeFileSync(file, other.export({ type: 'spki', format: 'pem' }));
    await expect(open(await newUser({ 'server-public-key-path': file }))).rejects.toMatchObject({
      code: 'MYSQL_LOGIN_REFUSED',
    });
    writeFileSync(file, 'no key');
    await expect(open(await newUser({ 'server-public-key-path': file }))).rejects.toMatchObject({
      code: 'MYSQL_OPTION_INVALID',
      message: expect.stringContaining(`server-public-key-path=${file}`),
    });
  });

  it('is taken over TLS', async () => {
    expect(await open(await newUser({ 'ssl-mode': 'REQUIRED' }))).toEqual([]);
  });
});
