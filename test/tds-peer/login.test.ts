import { expect, it } from 'vitest';
import { createAuthority } from '../harness/certificates.ts';
import { drops, fails, hangs, nothing } from './replies.ts';
import type { LoginRequest } from './requests.ts';
import { startTdsPeer, type TdsPeer, type TdsPeerOptions } from './tds-peer.ts';
import { connectTedious, type TediousLogin, type TediousServerError } from './tedious-client.ts';

const authority = createAuthority();
const tls = authority.issue(['localhost']);

it('tells all that a client says of itself, its password included, and settles the size of packets', async () => {
  await using peer = await startTdsPeer();
  const login = { user: 'repörter', password: 'pä$$ 😀', database: 'calls', appName: 'reports', workstationId: 'desk' };
  await using client = await connect(peer, { ...login, readOnlyIntent: true, packetSize: 65_536 });
  expect(client.connection.messageIo.outgoingMessageStream.packetSize).toBe(32_767);
  expect(loginTo(peer)).toMatchObject({
    user: 'repörter',
    password: 'pä$$ 😀',
    database: 'calls',
    appName: 'reports',
    hostName: 'desk',
    readOnly: true,
    packetBytes: 65_536,
    protection: { encrypted: false, clientCertificate: null },
  });
});

it('refuses a wrong user, a wrong password and a wrong database as SQL Server does, and lets the right one in', async () => {
  await using peer = await startTdsPeer({ user: 'sa', password: 'secret', database: 'calls' });
  expect(await refusal(peer, { user: 'sb', database: 'calls' })).toEqual(["18456 14 Login failed for user 'sb'."]);
  expect(await refusal(peer, { password: 'x', database: 'calls' })).toEqual(["18456 14 Login failed for user 'sa'."]);
  expect(await refusal(peer, { database: 'other' })).toEqual([
    '4060 11 Cannot open database "other" requested by the login. The login failed.',
    "18456 14 Login failed for user 'sa'.",
  ]);
  await using client = await connect(peer, { database: 'calls' });
  expect((await client.run('SELECT 1')).rows).toEqual([]);
});

it('answers a login as the script says: not available once, then let in', async () => {
  await using peer = await startTdsPeer();
  peer.answerOnce('login', fails(40613));
  await expect(connect(peer, { maxRetriesOnTransientErrors: 0 })).rejects.toMatchObject({ code: 'ELOGIN' });
  await using client = await connect(peer);
  expect((await client.run('SELECT 1')).rows).toEqual([]);
});

it('leaves a login unanswered, or ends the connection on it', async () => {
  await using peer = await startTdsPeer();
  peer.answerOnce('login', hangs);
  await expect(connect(peer, { connectTimeout: 200 })).rejects.toMatchObject({ code: 'ETIMEOUT' });
  for (const when of ['before', 'midway'] as const) {
    peer.answerOnce('login', drops(when, nothing));
    await expect(connect(peer)).rejects.toMatchObject({ code: 'ESOCKET' });
  }
});

it('encrypts all from the login on, inside PRELOGIN', async () => {
  await using peer = await startTdsPeer({ tls });
  await using client = await connect(peer, encrypted());
  await client.run(`SELECT '${'long '.repeat(20_000)}'`);
  expect(loginTo(peer).protection).toEqual({ encrypted: true, clientCertificate: null });
  expect(peer.requests.at(-1)?.text).toHaveLength(100_009);
});

it('encrypts the whole connection for a client of TDS 8.0', async () => {
  await using peer = await startTdsPeer({ tls });
  await using client = await connect(peer, encrypted({ encrypt: 'strict' }));
  await client.run('SELECT 1');
  expect(loginTo(peer).protection.encrypted).toBe(true);
});

it.each<[string, TdsPeerOptions, Partial<TediousLogin>, string]>([
  ['a client that does not know the authority', { tls }, encrypted({ cryptoCredentialsDetails: {} }), 'ESOCKET'],
  ['a client that calls the server by another name', { tls }, encrypted({ serverName: 'other' }), 'ESOCKET'],
  ['a client without TLS where it is required', { tls: { ...tls, required: true } }, {}, 'EENCRYPT'],
  ['a client of TDS 8.0 where there is no TLS', {}, encrypted({ encrypt: 'strict' }), 'ESOCKET'],
])('does not get on with %s', async (_, options, login, code) => {
  await using peer = await startTdsPeer(options);
  await expect(connect(peer, login)).rejects.toMatchObject({ code });
  expect(peer.requests).toEqual([]);
});

it('asks for a certificate of its own where the clients have an authority', async () => {
  const clients = createAuthority('Clients');
  const own = clients.issue(['reporter']);
  await using peer = await startTdsPeer({ tls: { ...tls, clients: clients.certificate } });
  await expect(connect(peer, encrypted())).rejects.toThrow();
  expect(peer.requests).toEqual([]);
  const { certificate: ca } = authority;
  const details = { ca, cert: own.certificate, key: own.key };
  await using client = await connect(peer, encrypted({ cryptoCredentialsDetails: details }));
  await client.run('SELECT 1');
  expect(loginTo(peer).protection).toEqual({ encrypted: true, clientCertificate: 'reporter' });
});

function connect({ port }: TdsPeer, login: Partial<TediousLogin> = {}) {
  return connectTedious({ port, ...login });
}

/** Returns the errors of the server's refusal. */
async function refusal(peer: TdsPeer, login: Partial<TediousLogin>): Promise<readonly string[]> {
  const reported: string[] = [];
  const onServerError = (error: TediousServerError) => reported.push(`${error.number} ${error.class} ${error.message}`);
  await expect(connect(peer, { ...login, onServerError })).rejects.toMatchObject({ code: 'ELOGIN' });
  return reported;
}

function encrypted(change: Partial<TediousLogin> = {}): Partial<TediousLogin> {
  const { certificate: ca } = authority;
  return { server: 'localhost', encrypt: true, cryptoCredentialsDetails: { ca }, ...change };
}

function loginTo({ requests }: TdsPeer) {
  return (requests[0] as LoginRequest).login;
}
