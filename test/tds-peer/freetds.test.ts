import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../harness/certificates.ts';
import { hasCommand } from '../harness/servers/debian-tools.ts';
import { type Freetds, fetchFreetds } from '../harness/servers/freetds.ts';
import { count, fails, informs, type Part, rows } from './replies.ts';
import type { BulkRequest, LoginRequest } from './requests.ts';
import { startTdsPeer, type TdsPeer } from './tds-peer.ts';

/** One value of each type, and how tsql prints it. */
const printed: readonly (readonly [string, Parameters<typeof rows>[1][number], string])[] = [
  ['int', -7, '-7'],
  ['bigint', 9_007_199_254_740_993n, '9007199254740993'],
  ['bit', true, '1'],
  ['tinyint', 255, '255'],
  ['nvarchar(40)', 'hé 😀', 'hé 😀'],
  ['nvarchar(max)', 'x'.repeat(20_000), 'x'.repeat(20_000)],
  ['varchar(9)', 'plain', 'plain'],
  ['datetime2(7)', '2024-02-29 23:59:59.1234567', 'Feb 29 2024 11:59PM'],
  ['date', '2024-02-29', 'Feb 29 2024 12:00AM'],
  ['decimal(38,10)', '-12345678901234567890.0123456789', '-12345678901234567890.0123456789'],
  ['float', 1.5, '1.5'],
  ['uniqueidentifier', '01020304-0506-0708-090A-0B0C0D0E0F10', '01020304-0506-0708-090A-0B0C0D0E0F10'],
  ['varbinary(max)', Buffer.from('ab'), '6162'],
];
const columns = Object.fromEntries(printed.map(([type], index) => [`c${index}`, type]));
const everyType: Part = rows(
  columns,
  printed.map(([, value]) => value),
  printed.map(() => null),
);

describe.runIf(hasCommand('apt-get'))('to FreeTDS, which Debian has, the peer is a SQL Server:', () => {
  let freetds: Freetds;
  beforeAll(async () => {
    freetds = await fetchFreetds();
  });

  it('tsql logs in with TDS 7.4 and prints rows of every type', async () => {
    await using peer = await startTdsPeer({ user: 'sa', password: 'secret', database: 'calls' });
    peer.answer(/FROM t/, everyType);
    const output = await tsql(peer, 'SELECT * FROM t');
    expect(output.trim().split('\n')).toEqual([
      Object.keys(columns).join('\t'),
      printed.map(([, , text]) => text).join('\t'),
      printed.map(() => 'NULL').join('\t'),
    ]);
    const { login } = peer.requests[0] as LoginRequest;
    expect(login).toMatchObject({ tdsVersion: 0x74000004, user: 'sa', password: 'secret', database: 'calls' });
  });

  it('tsql prints errors and messages, and goes on after them', async () => {
    await using peer = await startTdsPeer();
    peer.answer(/first/, [informs('hello'), count(1)]);
    peer.answer(/second/, fails(1205));
    peer.answer(/third/, [count(2), rows({ n: 'int' }, [3]), rows({ m: 'nvarchar(9)' }, ['four'])]);
    const output = await tsql(peer, 'BEGIN TRAN\ngo\nfirst\ngo\nsecond\ngo\nthird');
    expect(output).toContain('hello');
    expect(output).toContain('Msg 1205 (severity 13, state 51) from peer Line 1:\n\t"Transaction (Process ID 52)');
    expect(output).toMatch(/n\n3\n\s*m\nfour\n/);
    expect(peer.requests.map(({ text, inTransaction }) => [text.trim(), inTransaction]).slice(-4)).toEqual([
      ['BEGIN TRAN', false],
      ['first', true],
      ['second', true],
      ['third', false],
    ]);
  });

  it('tsql is refused a wrong password and a database that does not exist', async () => {
    await using peer = await startTdsPeer({ user: 'sa', password: 'right' });
    expect(await tsql(peer, 'SELECT 1')).toContain('Msg 18456 (severity 14, state 1)');
    await using other = await startTdsPeer({ database: 'other' });
    expect(await tsql(other, 'SELECT 1')).toContain('Msg 4060 (severity 11, state 1)');
  });

  it('tsql encrypts its session', async () => {
    await using peer = await startTdsPeer({ tls: createAuthority().issue(['localhost']) });
    peer.answer(/FROM t/, rows({ n: 'int' }, [3]));
    expect(await tsql(peer, 'SELECT n FROM t', { encryption: 'require' })).toMatch(/n\n3\n/);
    expect((peer.requests[0] as LoginRequest).login.protection.encrypted).toBe(true);
  });

  it('freebcp loads rows in bulk', async () => {
    await using peer = await startTdsPeer();
    peer.answer(/FMTONLY/, rows({ a: 'int', b: 'nvarchar(max)', c: 'nvarchar(40)', d: 'bigint', e: 'bit' }));
    const folder = mkdtempSync(join(tmpdir(), 'dbsync-freebcp-'));
    try {
      const file = join(folder, 'rows.txt');
      writeFileSync(file, `1\thé 😀\tx\t9007199254740993\t1\n2\t${'y'.repeat(9000)}\t\t\t0\n`);
      const login = ['-S', 'peer', '-U', 'sa', '-P', 'secret', '-D', 'calls'];
      const output = await freetds.run('freebcp', settingsFor(peer), {
        arguments: ['t', 'in', file, ...login, '-c'],
        input: '',
      });
      expect(output).toContain('2 rows copied');
    } finally {
      rmSync(folder, { recursive: true });
    }
    const bulk = peer.requests.at(-1) as BulkRequest;
    expect(bulk.text).toMatch(/^insert bulk t /i);
    expect(bulk.columns.map(({ name, type }) => `${name} ${type.name}`)).toEqual([
      'a int',
      'b nvarchar(max)',
      'c nvarchar(40)',
      'd bigint',
      'e bit',
    ]);
    expect(bulk.rows).toEqual([
      [1, 'hé 😀', 'x', 9_007_199_254_740_993n, true],
      [2, 'y'.repeat(9000), null, null, false],
    ]);
  });

  function tsql(peer: TdsPeer, batches: string, settings: Readonly<Record<string, string>> = {}): Promise<string> {
    const login = ['-S', 'peer', '-U', 'sa', '-P', 'secret', '-D', 'calls'];
    return freetds.run(
      'tsql',
      { ...settingsFor(peer), ...settings },
      { arguments: [...login, '-o', 'fq'], input: `${batches}\ngo\nexit\n` },
    );
  }
});

function settingsFor({ port }: TdsPeer) {
  return { host: '127.0.0.1', port, 'tds version': '7.4', encryption: 'off' };
}
