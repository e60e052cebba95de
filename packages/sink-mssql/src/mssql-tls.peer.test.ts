import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSinkError, type SinkError } from '@dbsync/core/contract';
import type { LoginRequest } from '@dbsync/tds-peer/requests';
import type { TdsPeer, TdsPeerOptions } from '@dbsync/tds-peer/tds-peer';
import { afterAll, expect, it } from 'vitest';
import { createAuthority } from '../../../test/harness/certificates.ts';
import { type PeerAddress, peerTarget, startMssqlPeer } from '../../../test/harness/mssql-peer.ts';
import { readAddress } from './mssql-address.js';
import { createMssqlEngine } from './mssql-engine.js';

const options = { signal: new AbortController().signal };
const engineOf = (address: PeerAddress) => createMssqlEngine(readAddress(peerTarget(address)));

async function refusal(address: PeerAddress): Promise<SinkError> {
  try {
    await (await engineOf(address).connect(options)).close();
  } catch (error) {
    if (isSinkError(error)) return error;
    throw error;
  }
  throw new Error('It connected');
}

const authority = createAuthority();
const clients = createAuthority('Authority of clients');
const files = mkdtempSync(join(tmpdir(), 'dbsync-tls-'));
const file = (name: string, content: string | Buffer) => {
  const path = join(files, name);
  writeFileSync(path, content);
  return path;
};
const trusted = file('ca.pem', authority.certificate);
const stranger = file('other.pem', createAuthority('Another company').certificate);
afterAll(() => rmSync(files, { recursive: true }));

const ENCRYPTED = { encrypted: true, clientCertificate: null };

const startTls = (more: Partial<NonNullable<TdsPeerOptions['tls']>> = {}) =>
  startMssqlPeer({ tls: { ...authority.issue(['localhost']), ...more } });

async function protectionOf(peer: TdsPeer, where: Partial<PeerAddress>): Promise<LoginRequest['login']['protection']> {
  const session = await engineOf({ port: peer.port, host: 'localhost', ...where }).connect(options);
  await session.close();
  return ((await peer.received('login')) as LoginRequest).login.protection;
}

it.each(['true', 'strict'])('encrypts with encrypt=%s to whom the authority vouches for', async (encrypt) => {
  await using peer = await startTls();
  const protection = await protectionOf(peer, { options: { encrypt, certificate: trusted } });
  expect(protection).toEqual(ENCRYPTED);
});

it('takes an authority in DER, and another name in the certificate', async () => {
  await using peer = await startTls();
  const der = Buffer.from(authority.certificate.replace(/-----[^-]+-----|\n/g, ''), 'base64');
  const certificate = file('ca.der', der);
  const where = { host: '127.0.0.1', options: { certificate, 'host-name-in-certificate': 'localhost' } };
  expect(await protectionOf(peer, where)).toEqual(ENCRYPTED);
});

it('trusts any server where an option says so', async () => {
  await using peer = await startTls();
  expect(await protectionOf(peer, { options: { 'trust-server-certificate': true } })).toEqual(ENCRYPTED);
});

it('shows a certificate of its own', async () => {
  await using peer = await startTls({ clients: clients.certificate });
  const { certificate, key } = clients.issue(['dbsync']);
  const own = { 'client-certificate': file('own.pem', certificate), 'client-key': file('own.key', key) };
  const protection = await protectionOf(peer, { options: { certificate: trusted, ...own } });
  expect(protection).toEqual({ encrypted: true, clientCertificate: 'dbsync' });
  const error = await refusal({ port: peer.port, host: 'localhost', options: { certificate: trusted } });
  expect(error).toMatchObject({ outcome: 'not-committed' });
});

it.each<[string, () => Partial<PeerAddress>]>([
  ['the name is another', () => ({ host: '127.0.0.1', options: { certificate: trusted } })],
  ['another authority signed it', () => ({ options: { certificate: stranger } })],
  ['no known authority signed it', () => ({ options: { encrypt: 'true' } })],
  ['no known authority signed it', () => ({ options: { encrypt: 'strict' } })],
])('refuses a certificate when %s', async (_, where) => {
  await using peer = await startTls();
  expect(await refusal({ port: peer.port, host: 'localhost', ...where() })).toMatchObject({
    code: 'MSSQL_TLS_FAILED',
    verdict: 'fatal',
    message: expect.stringContaining('certificate=FILE'),
  });
});

it('says so when the server offers none, and when it insists on one', async () => {
  await using plain = await startMssqlPeer();
  const wanted = await refusal({ port: plain.port, options: { encrypt: 'true' } });
  expect(wanted).toMatchObject({ code: 'MSSQL_TLS_FAILED', verdict: 'fatal' });
  await using insisting = await startTls({ required: true });
  const unwanted = await refusal({ port: insisting.port, options: { encrypt: 'disable' } });
  expect(unwanted).toMatchObject({ code: 'MSSQL_TLS_FAILED', verdict: 'fatal' });
});

it('names the file that cannot be read, or is none that TLS can use', async () => {
  const invalid = { code: 'MSSQL_OPTION_INVALID', verdict: 'fatal' };
  const missing = await refusal({ port: 1, options: { certificate: '/nowhere.pem' } });
  expect(missing).toMatchObject({ ...invalid, message: expect.stringContaining('certificate=/nowhere.pem') });
  const broken = file('broken.pem', 'no certificate');
  expect(await refusal({ port: 1, options: { certificate: broken } })).toMatchObject({
    ...invalid,
    message: expect.stringContaining('neither in PEM nor in DER'),
  });
  const own = { encrypt: 'true', 'client-certificate': broken, 'client-key': broken };
  expect(await refusal({ port: 1, options: own })).toMatchObject(invalid);
});
