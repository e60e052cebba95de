import { type ClientProduct, openClients } from '../harness/servers/database-clients.ts';
import type { DatabaseServer } from '../harness/servers/database-server.ts';
import { SERVERS, withParameters } from '../harness/targets.ts';

/** The database `calls` of the page, on a server of its own, with the account `dbsync` that docs/databases.md makes. */
export interface PageDatabase extends AsyncDisposable {
  /** The value of `--url`. */
  readonly url: string;
  /** Pairs of a text of an output here and that of the page. */
  readonly shown: readonly (readonly [string, string])[];
  /** True for a program of the server's client package. */
  runs(program: string): boolean;
  /** Runs a line of such a program by a shell, as the administrator of the server. @throws Error for another exit code */
  run(line: string, exitCode: number): Promise<string>;
}

/** Programs of the page. The page has those of MariaDB for both products of its family. */
const PROGRAMS = ['psql', 'pg_dump', 'pg_restore', 'createdb', 'dropdb', 'mariadb', 'mariadb-dump'];
const PASSWORD = 'a-long-one';
const RIGHTS = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, REFERENCES, CREATE TEMPORARY TABLES';

const ACCOUNTS: Readonly<Record<ClientProduct, readonly string[]>> = {
  postgres: [
    `psql -c "CREATE ROLE dbsync LOGIN PASSWORD '${PASSWORD}'"`,
    'createdb -E UTF8 -T template0 calls',
    'psql -c "GRANT USAGE, CREATE ON SCHEMA public TO dbsync" calls',
  ],
  mariadb: accountIn('mariadb'),
  mysql: accountIn('mysql'),
};

export async function openPageDatabase(product: ClientProduct): Promise<PageDatabase> {
  const server: DatabaseServer = await SERVERS[product].start({ durable: false });
  const clients = await openClients(product, server.url);
  for (const line of ACCOUNTS[product]) await clients.run(line);
  const address = new URL(server.url);
  Object.assign(address, { username: 'dbsync', password: PASSWORD, pathname: '/calls' });
  return {
    url: withParameters(address.href, server.loginParameters),
    shown: [
      [address.host, 'db.example.com'],
      ['mysql://', 'mariadb://'],
    ],
    runs: (program) => PROGRAMS.includes(program),
    run: (line, exitCode) => clients.run(product === 'mysql' ? inMysql(line) : line, exitCode),
    [Symbol.asyncDispose]: async () => {
      clients[Symbol.dispose]();
      await server.stop();
    },
  };
}

/** Returns a line with the names that the programs have in MySQL. */
function inMysql(line: string): string {
  return line.replace(/^mariadb-dump\b/, 'mysqldump --set-gtid-purged=OFF').replace(/^mariadb\b/, 'mysql');
}

function accountIn(program: string): readonly string[] {
  return [
    `${program} -e "CREATE DATABASE calls CHARACTER SET utf8mb4"`,
    `${program} -e "CREATE USER 'dbsync'@'%' IDENTIFIED BY '${PASSWORD}'"`,
    `${program} -e "GRANT ${RIGHTS} ON calls.* TO 'dbsync'@'%'"`,
  ];
}
