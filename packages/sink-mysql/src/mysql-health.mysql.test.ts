import type { Finding } from '@dbsync/core/contract';
import { type Connection, createConnection } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { MYSQL_STARTERS, startMariadb } from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { createSink } from './index.js';

const options = { signal: new AbortController().signal };
const what = (findings: readonly Finding[], level: Finding['level']) =>
  findings.filter((finding) => finding.level === level).map((finding) => finding.what);

describe.each(MYSQL_STARTERS)('%s', (product, start) => {
  async function health(settings: Readonly<Record<string, string>>, others = 0): Promise<readonly Finding[]> {
    const server = await start({ durable: true, settings });
    const url = await server.createDatabase();
    const sink = createSink(serverTarget(url));
    const open: Connection[] = [];
    try {
      for (let nr = 0; nr < others; nr += 1) open.push(await createConnection(url));
      await sink.open(options);
      await sink.declareFields([], options);
      return await sink.checkHealth(options);
    } finally {
      await sink.close();
      for (const other of open) await other.end();
      await server.stop();
    }
  }

  it('finds nothing wrong with a server that has room', async () => {
    const findings = await health({ innodb_buffer_pool_size: '1G', local_infile: 'ON' });
    expect(what(findings, 'unknown')).toEqual(['The server does not tell how much room its disk has']);
    expect(findings.filter(({ level }) => level === 'warn' || level === 'fail')).toEqual([]);
    expect(findings[0]?.what).toMatch(product === 'mysql' ? /^MySQL [89]/ : /^MariaDB 1/);
    expect(what(findings, 'pass')).toContain('Rows are sent by LOAD DATA');
  });

  it('tells what makes copies slow, fragile or impossible, and the statement that corrects it', async () => {
    const settings = {
      innodb_buffer_pool_size: '64M',
      innodb_flush_log_at_trx_commit: '2',
      max_allowed_packet: '4M',
      max_connections: '10',
      character_set_server: 'latin1',
      local_infile: 'OFF',
    };
    const findings = await health(settings, 4);
    expect(what(findings, 'warn')).toEqual([
      expect.stringContaining('a power cut may lose'),
      expect.stringMatching(/^Only \d connections are free$/),
      'Requests may have 4 MB: longer texts are refused',
      expect.stringContaining('The buffer pool has 64 MB'),
      expect.stringContaining('The character set of the database is latin1'),
    ]);
    expect(findings.filter(({ level, remedy }) => level === 'warn' && remedy === null)).toEqual([]);
    expect(what(findings, 'pass')).toContainEqual(expect.stringContaining('local_infile is off'));
  });
});

it('names the binary log that keeps rows from being written, before and when it does', async () => {
  const server = await startMariadb({
    settings: { 'log-bin': 'binary', 'binlog-format': 'STATEMENT', 'server-id': '1' },
  });
  const sink = createSink(serverTarget(await server.createDatabase()));
  try {
    await expect(sink.open(options)).rejects.toMatchObject({
      code: 'MYSQL_SETTINGS_UNFIT',
      verdict: 'fatal',
      message: expect.stringContaining('SET GLOBAL binlog_format = ROW'),
    });
  } finally {
    await sink.close();
    await server.stop();
  }
});
