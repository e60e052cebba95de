import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSink } from '@dbsync/sink-mysql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serverTarget } from '../harness/servers/server-target.ts';
import { startRogueServer } from './rogue-mysql-server.ts';

const options = { signal: new AbortController().signal };
const password = 'the secret of the bank';

/** Returns the error of a login to a server that asks for the password in this way. */
async function login(port: number, parameters = ''): Promise<unknown> {
  const sink = createSink(
    serverTarget(`mysql://dbsync:${encodeURIComponent(password)}@127.0.0.1:${port}/calls${parameters}`),
  );
  onTestFinished(() => sink.close());
  return await sink.open(options).catch((error: unknown) => error);
}

describe('a listener in the place of a MySQL server', () => {
  it.each([['caching_sha2_password'], ['sha256_password']])('that asks by %s gets no password', async (method) => {
    await using rogue = await startRogueServer(method, password);
    const error = await login(rogue.port);
    expect(rogue.stolen).toEqual([]);
    expect(error).toMatchObject({
      code: 'MYSQL_LOGIN_REFUSED',
      verdict: 'fatal',
      connectionLost: false,
      message: expect.stringContaining('server-public-key-path=public_key.pem'),
    });
  });

  it.each([['mysql_clear_password'], ['dialog'], ['authentication_windows_client'], ['toString'], ['']])(
    'that asks by "%s" is refused, and gets no password',
    async (method) => {
      await using rogue = await startRogueServer(method, password);
      const error = await login(rogue.port);
      expect(rogue.stolen).toEqual([]);
      expect(error).toMatchObject({ code: 'MYSQL_LOGIN_REFUSED', verdict: 'fatal', connectionLost: false });
    },
  );

  it.each([['caching_sha2_password'], ['sha256_password']])(
    'that asks by %s cannot read the password that is encrypted for the known server',
    async (method) => {
      const folder = mkdtempSync(join(tmpdir(), 'dbsync-key-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
      const file = join(folder, 'public_key.pem');
      writeFileSync(file, key.export({ type: 'spki', format: 'pem' }));
      await using rogue = await startRogueServer(method, password);
      await login(rogue.port, `?server-public-key-path=${encodeURIComponent(file)}`);
      expect(rogue.stolen).toEqual([]);
    },
  );
});
