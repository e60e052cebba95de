import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { runHere } from '../harness/command/command-here.ts';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { optionWords } from '../harness/dbsync-child.ts';
import { ENGINES, type EngineName, openTargets, SERVERS, withParameters } from '../harness/targets.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/databases.md'), 'utf8');

/** Returns the statements that the page gives administrators to copy. */
function grantsOf(heading: string): string {
  const [, grants = ''] = new RegExp(`\\n## ${heading}\\n[^#]*?\\n\`\`\`sql\\n(.*?)\`\`\``, 's').exec(PAGE) ?? [];
  return grants;
}

type Administrator = (url: string, statements: string) => Promise<void>;

/** Runs statements one after the other, as psql would. */
const withPsql: Administrator = async (url, statements) => {
  let client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const line of statements.trim().split('\n')) {
    const [, database] = /^\\connect (\w+)$/.exec(line) ?? [];
    if (database === undefined) {
      await client.query(line);
      continue;
    }
    await client.end();
    client = new pg.Client({ connectionString: Object.assign(new URL(url), { pathname: `/${database}` }).href });
    await client.connect();
  }
  await client.end();
};

const withMysql: Administrator = async (url, statements) => {
  const connection = await createConnection({ uri: url, multipleStatements: true });
  await connection.query(statements);
  await connection.end();
};

const DESKS: Readonly<Partial<Record<EngineName, readonly [heading: string, Administrator]>>> = {
  postgres: ['PostgreSQL', withPsql],
  mariadb: ['MariaDB and MySQL', withMysql],
  mysql: ['MariaDB and MySQL', withMysql],
};

/** Statements that take the right to make tables from an account that wrote a copy. */
const WITHOUT_CREATE = {
  postgres: '\\connect calls\nREVOKE CREATE ON SCHEMA public FROM dbsync',
  mariadb: "REVOKE CREATE ON calls.* FROM 'dbsync'@'%'",
  mysql: "REVOKE CREATE ON calls.* FROM 'dbsync'@'%'",
};

/** Statements that leave a copy as an earlier version made it. */
const WITHOUT_TABLES = {
  postgres: '\\connect calls\nDROP TABLE mcall_sync_audit, mcall_sync_forgotten',
  mariadb: 'DROP TABLE calls.mcall_sync_audit, calls.mcall_sync_forgotten',
  mysql: 'DROP TABLE calls.mcall_sync_audit, calls.mcall_sync_forgotten',
};

for (const engine of ENGINES) {
  const [heading, administer] = DESKS[engine] ?? [];
  if (engine === 'sqlite' || engine === 'mssql' || heading === undefined || administer === undefined) continue;
  it(`${engine}: a user with no more rights than docs/databases.md grants gets a whole copy, twice, and goes on without CREATE`, async () => {
    await using targets = await openTargets(engine);
    const server = targets.server?.url ?? '';
    await administer(server, grantsOf(heading));
    const address = new URL(server);
    const login = `dbsync:${encodeURIComponent('choose a long one')}`;
    const database = `${engine}://${login}@${address.host}/calls`;
    const target = withParameters(database, targets.server?.loginParameters);

    const simulator = await startSimulator({ contacts: 200, hostileEvery: 20 });
    onTestFinished(() => simulator.close());
    const { campaign, token, url } = simulator;
    const copying = optionWords({ mode: 'db_init', campaign, token, 'api-url': url, url: target, json: true });
    for (let time = 1; time <= 2; time++) {
      const { code, stdout } = await runHere(copying, {});
      expect(code, stdout.slice(-2_000)).toBe(0);
      if (time === 1) simulator.activity.step(5, 'new-field');
    }
    await using copy = await SERVERS[engine].openCopy(database);
    const { differences } = await compareWithTruth(`${url}/__truth`, copy);
    expect(differences).toEqual([]);

    const forget = () => runHere(['forget', 'a-contact', '--campaign', campaign, '--url', target], {});
    await administer(server, WITHOUT_CREATE[engine]);
    expect(await forget()).toMatchObject({ code: 0 });
    await administer(server, WITHOUT_TABLES[engine]);
    const later = await runHere(copying, {});
    expect(later.code, later.stdout.slice(-2_000)).toBe(0);
    expect(later.stdout).toContain('SQL_AUDIT_MISSING');
    const { code, stdout } = await forget();
    expect(code, stdout).toBe(3);
    expect(stdout).toMatch(/create/i);
  });
}
