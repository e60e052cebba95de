import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSink } from '@dbsync/sink-postgres';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serverTarget } from '../harness/servers/server-target.ts';
import { startRogueServer } from './rogue-postgres-server.ts';

const options = { signal: new AbortController().signal };
const password = 'the secret of the bank';

/** Returns the error of a login there. */
async function login(address: string): Promise<unknown> {
  const sink = createSink(serverTarget(`postgres://dbsync:${encodeURIComponent(password)}@${address}`));
  onTestFinished(() => sink.close());
  return await sink.open(options).catch((error: unknown) => error);
}

describe('a listener in the place of a PostgreSQL server', () => {
  it.each([
    ['', ['cleartext']],
    ['?sslmode=disable', ['cleartext']],
    ['', ['md5', 'cleartext']],
  ] as const)('that asks for the password in clear text gets none (%s, %j)', async (parameters, methods) => {
    await using rogue = await startRogueServer(methods);
    const error = await login(`127.0.0.1:${rogue.port}/calls${parameters}`);
    expect(rogue.stolen).toEqual([]);
    expect(error).toMatchObject({
      code: 'POSTGRES_LOGIN_REFUSED',
      verdict: 'fatal',
      connectionLost: false,
      message: expect.stringContaining('require_auth=password'),
    });
  });

  it.each(['require', 'prefer', 'allow', 'no-verify', 'verify-full'])(
    'that offers no TLS gets no password with sslmode=%s',
    async (mode) => {
      await using rogue = await startRogueServer(['cleartext']);
      const error = await login(`127.0.0.1:${rogue.port}/calls?sslmode=${mode}`);
      expect(rogue.stolen).toEqual([]);
      expect(error).toMatchObject({ code: 'POSTGRES_TLS_FAILED', verdict: 'fatal' });
    },
  );

  it('gets the password where the address says so', async () => {
    await using rogue = await startRogueServer(['cleartext']);
    await login(`127.0.0.1:${rogue.port}/calls?require_auth=password`);
    expect(rogue.stolen).toEqual([password]);
  });
});

it('a server behind a unix socket may ask for the password in clear text', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-socket-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await using server = await startRogueServer(['cleartext'], join(folder, '.s.PGSQL.5432'));
  await login(`localhost/calls?host=${encodeURIComponent(folder)}`);
  expect(server.stolen).toEqual([password]);
});
