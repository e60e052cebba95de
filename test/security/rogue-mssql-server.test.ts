import { createSink } from '@dbsync/sink-mssql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serverTarget } from '../harness/servers/server-target.ts';
import { obscured, startRogueServer } from './rogue-mssql-server.ts';

const options = { signal: new AbortController().signal };
const password = 'the secret of the bank';

async function login(port: number, parameters: string): Promise<unknown> {
  const url = `sqlserver://dbsync:${encodeURIComponent(password)}@127.0.0.1:${port}/calls${parameters}`;
  const sink = createSink(serverTarget(url));
  onTestFinished(() => sink.close());
  return await sink.open(options).catch((error: unknown) => error);
}

describe('a listener without encryption in the place of a SQL Server', () => {
  it.each([
    '?encrypt=true',
    '?encrypt=true&trust-server-certificate=true',
    '?trust-server-certificate=true',
    '?encrypt=strict',
  ])('gets no login with %s', async (parameters) => {
    await using rogue = await startRogueServer();
    const error = await login(rogue.port, parameters);
    expect(rogue.logins).toEqual([]);
    expect(error).toMatchObject({ name: 'SinkError', connectionLost: expect.any(Boolean) });
  });

  it('gets the obscured password without encryption, of which a start warns', async () => {
    await using rogue = await startRogueServer();
    await login(rogue.port, '');
    expect(rogue.logins.some((packet) => packet.includes(obscured(password)))).toBe(true);
  });
});
