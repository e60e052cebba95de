import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAuthority } from '../../../test/harness/certificates.ts';
import { type PostgresServer, startPostgres } from '../../../test/harness/servers/postgres-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './postgres-address.js';
import { createPostgresEngine } from './postgres-engine.js';

const options = { signal: new AbortController().signal };
const authority = createAuthority();
const files = mkdtempSync(join(tmpdir(), 'dbsync-tls-'));
const trusted = join(files, 'ca.pem');
const stranger = join(files, 'other.pem');

let server: PostgresServer;
beforeAll(async () => {
  writeFileSync(trusted, authority.certificate);
  writeFileSync(stranger, createAuthority('Another company').certificate);
  server = await startPostgres({ tls: authority.issue(['localhost']) });
});
afterAll(async () => {
  await server.stop();
  rmSync(files, { recursive: true });
});

/** Connects with that query, and returns the first line of a health check. */
async function connectWith(query: string, { url = server.url, host = 'localhost' } = {}): Promise<string | undefined> {
  const address = new URL(url);
  address.hostname = host;
  address.search = query;
  const session = await createPostgresEngine(readAddress(serverTarget(address.href))).connect(options);
  try {
    return (await session.checkHealth(options))[0]?.what;
  } finally {
    await session.close();
  }
}

it.each([
  [`sslmode=verify-full&sslrootcert=${trusted}`, 'localhost'],
  [`sslmode=verify-ca&sslrootcert=${trusted}`, '127.0.0.1'],
  [`sslmode=require&sslrootcert=${trusted}`, '127.0.0.1'],
  ['sslmode=no-verify', '127.0.0.1'],
])('encrypts with %s to %s', async (query, host) => {
  expect(await connectWith(query, { host })).toMatch(/^PostgreSQL \S+, encrypted$/);
});

it.each([
  ['the name is another', `sslmode=verify-full&sslrootcert=${trusted}`, '127.0.0.1'],
  ['another authority signed it', `sslmode=verify-full&sslrootcert=${stranger}`, 'localhost'],
  ['another authority signed it', `sslmode=verify-ca&sslrootcert=${stranger}`, 'localhost'],
  ['no known authority signed it', 'sslmode=verify-full', 'localhost'],
  ['no known authority signed it', 'sslmode=require', 'localhost'],
])('refuses a certificate when %s (%s)', async (_, query, host) => {
  await expect(connectWith(query, { host })).rejects.toMatchObject({
    code: 'POSTGRES_TLS_FAILED',
    verdict: 'fatal',
    message: expect.stringContaining('sslrootcert'),
  });
});

it('names the file that cannot be read', async () => {
  await expect(connectWith('sslmode=verify-full&sslrootcert=/nowhere.pem')).rejects.toMatchObject({
    code: 'POSTGRES_OPTION_INVALID',
    verdict: 'fatal',
    message: expect.stringContaining('sslrootcert=/nowhere.pem'),
  });
});

it('names the options when a file is none that TLS can use', async () => {
  const broken = join(files, 'broken.pem');
  writeFileSync(broken, 'no certificate');
  await expect(connectWith(`sslmode=verify-full&sslcert=${broken}&sslkey=${broken}`)).rejects.toMatchObject({
    code: 'POSTGRES_OPTION_INVALID',
    verdict: 'fatal',
  });
});

it('says so when the server offers no encryption', async () => {
  const plain = await startPostgres();
  try {
    await expect(connectWith('sslmode=verify-full', { url: plain.url })).rejects.toMatchObject({
      code: 'POSTGRES_TLS_FAILED',
      verdict: 'fatal',
      message: expect.stringContaining('. Turn TLS on there'),
    });
  } finally {
    await plain.stop();
  }
});

it('ends the statement of an aborted call over an encrypted connection, too', async () => {
  const address = new URL(server.url);
  address.hostname = 'localhost';
  address.search = `sslmode=verify-full&sslrootcert=${trusted}`;
  const session = await createPostgresEngine(readAddress(serverTarget(address.href))).connect(options);
  const sleeping = async () =>
    (await session.db.executeQuery(CompiledQuery.raw("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'")))
      .rows;
  const stop = new AbortController();
  const slept = session.db.executeQuery(CompiledQuery.raw('SELECT pg_sleep(600)'), stop).catch(() => 'stopped');
  await expect.poll(sleeping).toHaveLength(1);
  stop.abort(new Error('stop'));
  expect(await slept).toBe('stopped');
  await expect.poll(sleeping).toHaveLength(0);
  await session.close();
});
