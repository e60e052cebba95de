import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../certificates.ts';
import { MYSQL_STARTERS, type MysqlServer } from './mysql-server.ts';

describe.each(MYSQL_STARTERS)('a %s of our own', (product, start) => {
  const authority = createAuthority();
  let server: MysqlServer;
  beforeAll(async () => {
    server = await start({
      tls: { ...authority.issue(['localhost', '127.0.0.1']), authority: authority.certificate },
      timeZone: 'XYZ-3',
      settings: { 'wait-timeout': '1234' },
    });
  });
  afterAll(() => server.stop());

  it('takes databases of any name, keeps committed rows over a power cut, and breaks connections by it', async () => {
    const url = await server.createDatabase('a\'b"c`d e');
    const connection = await createConnection(url);
    await connection.query('CREATE TABLE kept (id int)');
    await connection.query('INSERT INTO kept VALUES (7)');
    const broken = new Promise((resolve) => connection.on('error', resolve));
    await server.kill();
    await broken;
    await server.restart();
    expect(await rows(await createConnection(url), 'SELECT id FROM kept')).toEqual([{ id: 7 }]);
  });

  it('is what it says, with the settings and the time zone that were asked for', async () => {
    const sql = 'SELECT @@wait_timeout AS seconds, TIMEDIFF(now(), utc_timestamp()) AS zone';
    const [facts] = await rows(await createConnection(server.url), sql);
    expect(facts).toMatchObject({ seconds: 1234, zone: '03:00:00' });
    expect(server.log().includes('MariaDB')).toBe(product === 'mariadb');
  });

  it('is reached by its unix socket, and encrypted under our own authority', async () => {
    const { username, password } = new URL(server.url);
    const login = { user: username, password: decodeURIComponent(password) };
    const cipher = "SHOW STATUS LIKE 'Ssl_cipher'";
    const bySocket = await createConnection({ ...login, socketPath: server.socketPath });
    expect(await rows(bySocket, cipher)).toEqual([{ Variable_name: 'Ssl_cipher', Value: '' }]);
    const ssl = { ca: authority.certificate, verifyIdentity: true };
    const encrypted = await createConnection({ ...login, host: 'localhost', port: server.port, ssl });
    expect(await rows(encrypted, cipher)).toEqual([
      { Variable_name: 'Ssl_cipher', Value: expect.stringMatching(/^TLS_|^ECDHE/) },
    ]);
  });

  it('ends with its process, even one that is killed', async () => {
    const harness = new URL('./mysql-server.ts', import.meta.url).href;
    const script = `import { ${start.name} } from ${JSON.stringify(harness)};
      const { socketPath } = await ${start.name}();
      console.log(socketPath);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = (await once(child.stdout, 'data')) as [Buffer];
    const socketPath = output.toString().trim();
    expect(existsSync(socketPath)).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => existsSync(socketPath), { timeout: 20_000 }).toBe(false);
  });
});

async function rows(connection: Connection, sql: string): Promise<readonly RowDataPacket[]> {
  try {
    const [found] = await connection.query<RowDataPacket[]>(sql);
    return found;
  } finally {
    await connection.end();
  }
}
