import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMssqlCopy } from './compare/mssql-copy.ts';
import { openMysqlCopy } from './compare/mysql-copy.ts';
import { openPostgresCopy } from './compare/postgres-copy.ts';
import { openSqliteCopy } from './compare/sqlite-copy.ts';
import type { StoredCopy } from './compare/stored-copy.ts';
import type { DatabaseServer } from './servers/database-server.ts';
import { hasCommand } from './servers/debian-tools.ts';
import {
  createTestDatabase as createMssqlDatabase,
  dropTestDatabase as dropMssqlDatabase,
} from './servers/mssql-database.ts';
import type { MysqlProduct } from './servers/mysql-build.ts';
import { hasOwnMysql, startMariadb, startMysql } from './servers/mysql-server.ts';
import { startPostgres } from './servers/postgres-server.ts';

export type EngineName = 'sqlite' | 'postgres' | 'mssql' | MysqlProduct;

/** The engines that are available here. */
export const ENGINES: readonly EngineName[] = [
  'sqlite',
  'postgres',
  ...(hasCommand('apt-get') ? ['mariadb' as const] : []),
  ...(hasOwnMysql() ? ['mysql' as const] : []),
  ...(process.env.DBSYNC_TEST_MSSQL_URL === undefined ? [] : ['mssql' as const]),
];

/** One engine for each sink, for tests that take long: MySQL has the sink of MariaDB. */
export const DISTINCT_ENGINES: readonly EngineName[] = ENGINES.filter((name) => name !== 'mysql');

/** Engines with a server that a test starts, and so may kill. */
export const OWN_SERVERS: readonly EngineName[] = ENGINES.filter((name) => name !== 'sqlite' && name !== 'mssql');

/** The target of a copy, and how it is read by other means than the sink's own. */
export interface CopyTarget extends AsyncDisposable {
  /** The value for `--url`. */
  readonly url: string;
  /** Reads the copy. `columnTypes` are those of the copy, where its types do not tell them. */
  read<T>(use: (copy: StoredCopy) => Promise<T>, columnTypes?: 'native' | 'dbsync2'): Promise<T>;
}

/** Makes new targets of one engine. Dispose of it at the end. */
export interface Targets extends AsyncDisposable {
  create(): Promise<CopyTarget>;
  /** The server; only for engines with one. */
  readonly server: DatabaseServer | null;
}

export async function openTargets(engine: EngineName, { durable = false } = {}): Promise<Targets> {
  if (engine === 'sqlite') return sqliteTargets();
  if (engine === 'mssql') return mssqlTargets();
  const { start, openCopy } = SERVERS[engine];
  return serverTargets(await start({ durable }), openCopy);
}

interface ServerEngine {
  start(options: { readonly durable: boolean }): Promise<DatabaseServer>;
  openCopy(url: string): Promise<StoredCopy & AsyncDisposable>;
}

/** Engines whose servers the tests start. */
export const SERVERS: Readonly<Record<Exclude<EngineName, 'sqlite' | 'mssql'>, ServerEngine>> = {
  postgres: { start: startPostgres, openCopy: openPostgresCopy },
  mariadb: { start: startMariadb, openCopy: openMysqlCopy },
  mysql: { start: startMysql, openCopy: openMysqlCopy },
};

function sqliteTargets(): Targets {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-copies-'));
  let files = 0;
  return {
    server: null,
    create: async () => {
      const file = join(folder, `copy-${++files}.db`);
      return {
        url: `sqlite:${file}`,
        read: async (use, columnTypes = 'native') => {
          using copy = openSqliteCopy(file, { columnTypes });
          return await use(copy);
        },
        [Symbol.asyncDispose]: async () => {
          for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
        },
      };
    },
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

function mssqlTargets(): Targets {
  return {
    server: null,
    create: async () => {
      const url = await createMssqlDatabase();
      return {
        url,
        read: async (use) => {
          await using copy = await openMssqlCopy(url);
          return await use(copy);
        },
        [Symbol.asyncDispose]: () => dropMssqlDatabase(url),
      };
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Returns the address with these parameters added. */
export function withParameters(url: string, parameters: Readonly<Record<string, string>> = {}): string {
  const address = new URL(url);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return address.href;
}

function serverTargets(server: DatabaseServer, openCopy: ServerEngine['openCopy']): Targets {
  return {
    server,
    create: async () => {
      const url = await server.createDatabase();
      return {
        url: withParameters(url, server.loginParameters),
        read: async (use) => {
          await using copy = await openCopy(url);
          return await use(copy);
        },
        [Symbol.asyncDispose]: async () => {},
      };
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
