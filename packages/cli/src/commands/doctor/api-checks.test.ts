import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createAuthority } from '../../../../../test/harness/certificates.ts';
import { createSecretGuard } from '../../reporting/secret-guard.js';
import { createOutput } from '../../terminal/output.js';
import type { CommandContext } from '../command-context.js';
import { type ApiAccess, apiChecks, tellConnected, tellFault } from './api-checks.js';
import type { Tell } from './doctor-finding.js';
import { runParts } from './run-parts.js';

interface Given extends Partial<ApiAccess> {
  readonly variables?: CommandContext['variables'];
  readonly lookup?: Parameters<typeof apiChecks>[2];
}

/** Returns what the checks found, without those that passed. */
async function found({ variables = {}, lookup, ...access }: Given) {
  const guard = createSecretGuard();
  const output = createOutput({ write: () => true, on: () => {} }, guard.redact);
  const context: CommandContext = {
    operands: [],
    values: new Map(),
    options: [],
    schemes: [],
    variables,
    doubts: [],
    output,
    guard,
    codes: {},
  };
  const usual = { apiUrl: 'http://127.0.0.1:1', campaign: 'C', token: 'T', authorities: async () => null };
  const findings = await runParts(
    [apiChecks({ ...usual, ...access }, context, lookup)],
    {},
    new AbortController().signal,
  );
  const amiss = findings.filter(({ level }) => level !== 'pass');
  for (const { level, remedy } of amiss) if (level !== 'not-checked') expect(remedy).toBeTruthy();
  return amiss.map(({ check, level, what }) => `${check} ${level}: ${what}`);
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts an API that gives this answer to everything. */
async function answering(status: number, body = '[]', date?: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(status, date === undefined ? {} : { date });
    response.end(body);
  });
  return `http://${await listening(server)}`;
}

it('finds nothing amiss with an API that answers', async () => {
  expect(await found({ apiUrl: await answering(200, '[{"type":"field","name":"city"}]') })).toEqual([]);
});

it.each([401, 403])('names a token that the API refuses (%i)', async (status) => {
  expect(await found({ apiUrl: await answering(status) })).toEqual([
    `token fail: The API refuses the token (${status})`,
    'campaign not-checked: not checked, since the token was refused',
  ]);
});

it('names a campaign that the API does not know', async () => {
  expect(await found({ apiUrl: await answering(404) })).toEqual([
    'campaign fail: The API does not know the campaign (404)',
    'token not-checked: not checked, since the campaign is not known',
  ]);
});

it.each([
  [503, '[]', 'The API answers 503'],
  [302, '', 'The API answers 302'],
  [200, '<html>', 'The answer is no list of fields: the address is not that of the API'],
])('names an answer that does not come from the API: %i %s', async (status, body, what) => {
  expect((await found({ apiUrl: await answering(status, body) })).slice(0, 2)).toEqual([
    `connection fail: ${what}`,
    'token not-checked: not checked, since connection failed',
  ]);
});

it('names a clock that is wrong, and an answer without a date', async () => {
  const [wrong] = await found({ apiUrl: await answering(200, '[]', new Date(Date.now() - 3_600_000).toUTCString()) });
  expect(wrong).toMatch(/^clock warn: The clock of this machine is \d+ s ahead of that of the API$/);
  expect(await found({ apiUrl: await answering(200, '[]', 'some day') })).toEqual([
    'clock not-checked: not checked, since the answer of the API has no date',
  ]);
});

it('names a certificate that is not trusted', async () => {
  const { certificate: cert, key } = createAuthority().issue(['127.0.0.1']);
  const apiUrl = `https://${await listening(createTlsServer({ cert, key }, (_, response) => response.end('[]')))}`;
  const findings = await found({ apiUrl });
  expect(findings[0]).toMatch(/^tls fail: .* its certificate is not trusted/);
  expect(findings.slice(1)).toEqual(
    ['token', 'campaign', 'clock'].map((check) => `${check} not-checked: not checked, since tls failed`),
  );
});

const REST = ['tls', 'token', 'campaign', 'clock'];

it('names an API that cannot be reached, and what could not be checked then', async () => {
  const findings = await found({});
  expect(findings[0]).toMatch(/^connection fail: .*ECONNREFUSED/);
  expect(findings.slice(1)).toEqual(REST.map((check) => `${check} not-checked: not checked, since connection failed`));
});

it('names a host without an address', async () => {
  const lookup = async () => {
    throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
  };
  const findings = await found({ apiUrl: 'https://api.example.com', lookup });
  expect(findings[0]).toBe('dns fail: No address is known for api.example.com (ENOTFOUND)');
  expect(findings).toHaveLength(6);
});

it('names a proxy that is none, and one that cannot be reached, without its password', async () => {
  const address = ['127.0.0.1'];
  const through = (proxy: string) =>
    found({ apiUrl: 'https://api.example.com', variables: { HTTPS_PROXY: proxy }, lookup: async () => address });
  const [invalid] = await through('ftp://user:S3CRET@proxy');
  expect(invalid).toMatch(/^proxy fail: CLI_PROXY_INVALID: HTTPS_PROXY takes/);
  const [unreachable] = await through('http://user:S3CRET@127.0.0.1:1');
  expect(unreachable).toMatch(/^connection fail: .*no way to the proxy 127.0.0.1:1/);
  expect(`${invalid}${unreachable}`).not.toContain('S3CRET');
});

it.each([
  ['http://api.example.com', 'warn'],
  ['http://127.0.0.1:8080', 'pass'],
  ['https://api.example.com', 'pass'],
])('judges the encryption of %s', (apiUrl, level) => {
  const findings: Parameters<Tell>[0][] = [];
  tellConnected(apiUrl, { status: 200, text: '[]' }, (finding) => void findings.push(finding));
  expect(findings.find(({ check }) => check === 'tls')?.level).toBe(level);
});

it('shows commands that take the way through the proxy, without its password', () => {
  const reported: Parameters<Tell>[0][] = [];
  const by = { apiUrl: 'https://api.example.com', proxy: 'http://user:S3CRET@proxy:3128/' };
  for (const code of ['API_UNREACHABLE', 'API_CERTIFICATE_UNTRUSTED']) {
    tellFault({ code, message: 'no' } as Parameters<typeof tellFault>[0], by, (finding) => void reported.push(finding));
  }
  const remedies = reported.map(({ remedy }) => remedy ?? '').join('\n');
  expect(remedies).toContain('curl -v -x http://proxy:3128 https://api.example.com');
  expect(remedies).toContain('openssl s_client -proxy proxy:3128 -connect api.example.com:443');
  expect(remedies).not.toContain('S3CRET');
});

it('reports what was not given, and asks nothing', async () => {
  expect((await found({ campaign: null, token: null }))[0]).toBe(
    'connection not-checked: not checked, since --campaign and --token was not given',
  );
});
