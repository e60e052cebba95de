import { startSimulator } from '@dbsync/simulator';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHere } from '../harness/command/command-here.ts';
import { queryRows } from '../harness/compare/query-rows.ts';
import { dbsync2Tables, statementsOf } from '../harness/dbsync2-tables.ts';
import { type Rewriting, startRewritingProxy } from '../harness/rewriting-proxy.ts';
import { MYSQL_STARTERS, type MysqlServer } from '../harness/servers/mysql-server.ts';
import { plainAddress } from '../harness/servers/plain-address.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { withParameters } from '../harness/targets.ts';

interface Finding {
  readonly check: string;
  readonly level: string;
  readonly what: string;
  readonly remedy: string | null;
}

/** The statement of a remedy, as an operator pastes it. */
const STATEMENT = /\b(?:SET GLOBAL|GRANT|ALTER DATABASE|CREATE DATABASE) .*$/;

/** Runs doctor with a simulated API, so that only findings about the database decide the exit code. */
async function runDoctor(url: string) {
  const simulator = await startSimulator({ contacts: 1 });
  try {
    const { campaign, token, url: apiUrl } = simulator;
    const api = ['--campaign', campaign, '--token', token, '--api-url', apiUrl];
    return await runHere(['doctor', '--json', ...api, '--url', url], {});
  } finally {
    await simulator.close();
  }
}

describe.each(MYSQL_STARTERS)('%s', (product, start) => {
  let server: MysqlServer;
  beforeAll(async () => {
    server = await start({ durable: true, settings: { innodb_buffer_pool_size: '64M', max_connections: '40' } });
  });
  afterAll(() => server.stop());

  const asAdministrator = (statement: string) => queryRows(server.url, statement);
  const newDatabase = async () => withParameters(await server.createDatabase(), server.loginParameters);

  async function doctor(url: string) {
    const { code, stdout } = await runDoctor(url);
    const report: { readonly findings: readonly Finding[] } = JSON.parse(stdout);
    const found = report.findings.filter(({ check }) => check === 'login' || check === 'health');
    for (const { level, remedy, what } of found)
      if (level === 'warn' || level === 'fail') expect(remedy, what).toBeTruthy();
    return { code, stdout, found };
  }

  /** Returns the one finding of this level whose words have this part. */
  const findingOf = (found: readonly Finding[], level: string, part: string) => {
    const fitting = found.filter(({ what }) => what.includes(part));
    expect(fitting, JSON.stringify(found)).toHaveLength(1);
    expect(fitting[0]?.level, fitting[0]?.what).toBe(level);
    return fitting[0] as Finding;
  };

  /** Checks that the finding is there, and that its remedy, pasted into a client of an administrator, clears it. */
  async function expectCured(url: string, level: 'warn' | 'fail', part: string): Promise<void> {
    const { code, found } = await doctor(url);
    const { remedy, what } = findingOf(found, level, part);
    expect(code, what).toBe(level === 'fail' ? 3 : 0);
    const [statement] = STATEMENT.exec(`${remedy} `.includes('the message shows') ? what : `${remedy}`) ?? [];
    expect(statement, `${what}: ${remedy}`).toBeDefined();
    await asAdministrator(statement ?? '');
    const after = await doctor(url);
    expect(after.found.filter(({ what: now, level: as }) => as === level && now === what)).toEqual([]);
  }

  it.each([
    ['fail', 'The server is read only', 'SET GLOBAL read_only = ON'],
    ['warn', 'Requests may have 0.25 MB', 'SET GLOBAL max_allowed_packet = 262144'],
    ['warn', 'a power cut may lose commits', 'SET GLOBAL innodb_flush_log_at_trx_commit = 2'],
    ['warn', 'The buffer pool has 64 MB', 'SET GLOBAL innodb_buffer_pool_size = 67108864'],
  ] as const)('doctor has a %s with a remedy to paste: %s', async (level, part, cause) => {
    const url = await newDatabase();
    await asAdministrator(cause);
    await expectCured(url, level, part);
  });

  it('doctor warns of too few free connections, with a remedy to paste', async () => {
    const url = await newDatabase();
    const others = [];
    const address = plainAddress(url.replace(/^mariadb:/, 'mysql:'));
    for (let nr = 0; nr < 34; nr++) others.push(await createConnection(address));
    try {
      await expectCured(url, 'warn', 'connections are free');
    } finally {
      for (const other of others) await other.end();
    }
  });

  it('doctor warns of a database that is not in utf8mb4, with a remedy to paste', async () => {
    const url = await newDatabase();
    const database = new URL(url).pathname.slice(1);
    await asAdministrator(`ALTER DATABASE ${database} CHARACTER SET latin1`);
    await expectCured(url, 'warn', 'The character set of the database is latin1');
  });

  it('doctor fails where the database is missing, with a remedy to paste', async () => {
    const url = new URL(await newDatabase());
    url.pathname = '/not_there_yet';
    await expectCured(url.href, 'fail', 'MYSQL_DATABASE_MISSING');
    expect((await doctor(url.href)).code).toBe(0);
  });

  it('doctor fails where the account lacks rights, and its remedy grants what a first copy needs', async () => {
    const url = new URL(await newDatabase());
    const database = url.pathname.slice(1);
    const user = `reader_${database}`;
    await asAdministrator(`CREATE USER ${user}@'%' IDENTIFIED BY 'CANARY-PASSWORD'`);
    await asAdministrator(`GRANT SELECT ON ${database}.* TO ${user}@'%'`);
    Object.assign(url, { username: user, password: 'CANARY-PASSWORD' });
    await expectCured(url.href, 'fail', 'The user lacks INSERT, UPDATE, DELETE, CREATE');
    const { code, stdout } = await doctor(url.href);
    expect(code, stdout).toBe(0);
    expect(stdout).not.toContain('CANARY-PASSWORD');
  });

  it('doctor fails at a login that is refused, and shows no password', async () => {
    const url = Object.assign(new URL(await newDatabase()), { username: 'nobody_here', password: 'CANARY-PASSWORD' });
    const { code, found, stdout } = await doctor(url.href);
    expect(code).toBe(3);
    expect(findingOf(found, 'fail', 'MYSQL_LOGIN_REFUSED').check).toBe('login');
    expect(stdout).not.toContain('CANARY-PASSWORD');
  });

  it('doctor fails where TLS is asked for and the certificate is of no known authority', async () => {
    const url = new URL(await newDatabase());
    url.search = 'ssl-mode=VERIFY_IDENTITY';
    const { code, found } = await doctor(url.href);
    expect(code).toBe(3);
    expect(findingOf(found, 'fail', 'MYSQL_TLS_FAILED').remedy).toContain('ssl-mode=DISABLED');
  });

  async function doctorThrough(rewriting: Rewriting) {
    await using proxy = await startRewritingProxy(server, rewriting);
    const url = Object.assign(new URL(await newDatabase()), { port: String(proxy.port) });
    url.searchParams.set('ssl-mode', 'DISABLED');
    return await doctor(url.href);
  }

  it('doctor warns of a server that is too old, and fails where it lacks what dbsync needs', async () => {
    const [[version = ''] = []] = await asAdministrator('SELECT version()');
    const [release = ''] = /^\d+\.\d+/.exec(String(version)) ?? [];
    const old = product === 'mariadb' ? `10.${'5'.padStart(release.length - 3, '0')}` : '5.7';
    const down = [[String(version), String(version).replace(release, old)]] as const;
    const warned = await doctorThrough({ down });
    const { remedy } = findingOf(warned.found, 'warn', 'older than dbsync is made for');
    expect(remedy).toMatch(/^Use (MariaDB 10\.6\.0|MySQL 8\.0\.17) or newer\.$/);
    expect(warned.code).toBe(0);
    const collation = product === 'mariadb' ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
    const unknown = `${collation.slice(0, -1)}x`;
    const failed = await doctorThrough({ down, up: [[collation, unknown]] });
    expect(failed.code).toBe(3);
    const { what } = findingOf(failed.found, 'fail', 'MYSQL_SETTINGS_UNFIT');
    expect(what).toContain(
      `This server is ${product === 'mariadb' ? 'MariaDB' : 'MySQL'} ${String(version).replace(release, old)}`,
    );
    expect(what).toContain('dbsync needs MariaDB 10.6 or MySQL 8.0.17 or newer');
  });

  it('doctor warns of what the next start changes in tables of the old client', async () => {
    const url = await newDatabase();
    await databaseAt(url).run(...statementsOf(dbsync2Tables('mariadb', 'mcall_')));
    const { code, found } = await doctor(url);
    expect(code).toBe(0);
    const warnings = found.filter(({ level, what }) => level === 'warn' && what.startsWith('mcall_'));
    expect(warnings.map(({ what }) => what).join('\n')).toMatch(/mcall_contacts\.\$ref.*: to become /);
    for (const { remedy } of warnings) expect(remedy).toContain('The next start changes it by itself');
  });
});

it('doctor fails at a binary log of statements, with a remedy to paste', async () => {
  const [[, start] = []] = MYSQL_STARTERS;
  const settings = { 'log-bin': 'binary', 'binlog-format': 'STATEMENT', 'server-id': '1' };
  const server = await start?.({ settings });
  try {
    const url = (await server?.createDatabase()) ?? '';
    const find = async () => {
      const { code, stdout } = await runDoctor(url);
      const { findings }: { readonly findings: readonly Finding[] } = JSON.parse(stdout);
      return { code, remedy: findings.find(({ what }) => what.includes('binary log'))?.remedy ?? null };
    };
    const found = await find();
    expect(found).toEqual({ code: 3, remedy: 'SET GLOBAL binlog_format = ROW' });
    await queryRows(url, found.remedy ?? '');
    expect(await find()).toEqual({ code: 0, remedy: null });
  } finally {
    await server?.stop();
  }
});
