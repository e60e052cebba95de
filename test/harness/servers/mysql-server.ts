import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection, escapeId } from 'mysql2/promise';
import type { Certificate } from '../certificates.ts';
import { type DatabaseServer, databaseNames, SERVER_PASSWORD } from './database-server.ts';
import { debianBuild, isBuilt } from './debian-build.ts';
import { freePort, startKept } from './kept-server.ts';
import { type MysqlBuild, type MysqlProduct, mariadb, mysql } from './mysql-build.ts';
import { plainAddress } from './plain-address.ts';
import { giveToServer, serverHome } from './server-build.ts';

export interface MysqlOptions {
  /** True: the vendor's default. False: a commit survives the server's end, but not the machine's. */
  readonly durable?: boolean;
  /**
   * The server's certificate, and the authority that signs those of clients. Without it MariaDB takes plain connections
   * only, and MySQL has a certificate that it signed itself.
   */
  readonly tls?: Certificate & { readonly authority?: string };
  /** The time zone of the server's process, as `TZ` takes it; UTC by default. */
  readonly timeZone?: string;
  /** System variables. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface MysqlServer extends DatabaseServer {
  /** The unix socket of the server. */
  readonly socketPath: string;
}

/** Starts MariaDB; the first one on a machine is fetched and initialised in 8 s, others take half a second. */
export function startMariadb(options: MysqlOptions = {}): Promise<MysqlServer> {
  return start(mariadb, options);
}

/** Starts MySQL; the first one on a machine is fetched and initialised in 20 s, others take a second. */
export function startMysql(options: MysqlOptions = {}): Promise<MysqlServer> {
  return start(mysql, options);
}

/** True where a MySQL was started on this machine before: Debian's unstable release may have none that works. */
export function hasOwnMysql(): boolean {
  return isBuilt(mysql);
}

/** The servers of the family that can be started here, for tests of each. */
export const MYSQL_STARTERS: readonly (readonly [MysqlProduct, typeof startMariadb])[] = [
  ['mariadb', startMariadb],
  ...(hasOwnMysql() ? [['mysql', startMysql] as const] : []),
];

/** Creates a database. `url` is that of the server or of any database of it. */
export async function createDatabase(url: string, name: string): Promise<void> {
  const connection = await createConnection(plainAddress(url));
  try {
    await connection.query(`CREATE DATABASE ${escapeId(name, true)}`);
  } finally {
    await connection.end();
  }
}

/** Logs in once, so that MySQL remembers the password: dbsync does not send it to a server that it cannot verify. */
export async function letRemember(url: string): Promise<void> {
  await (await createConnection(url)).end();
}

async function start(build: MysqlBuild, options: MysqlOptions): Promise<MysqlServer> {
  const folder = await debianBuild(build);
  const home = await serverHome(build.product, folder, options.durable);
  const port = await freePort();
  const socketPath = join(home, 'server.sock');
  const url = `${build.product}://root:${encodeURIComponent(SERVER_PASSWORD)}@127.0.0.1:${port}`;
  const nextName = databaseNames();
  const settings = {
    port: String(port),
    socket: socketPath,
    'bind-address': '127.0.0.1',
    'pid-file': join(home, 'server.pid'),
    'skip-name-resolve': 'ON',
    'character-set-server': 'utf8mb4',
    ...(options.durable ? {} : FAST[build.product]),
    ...(options.tls === undefined ? {} : tlsSettings(home, options.tls)),
    ...options.settings,
  };
  const kept = await startKept({
    home,
    command: [
      ...build.command(join(folder, 'tree'), join(home, 'data')),
      ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
    ],
    env: { TZ: options.timeZone ?? 'UTC' },
    ready: 'ready for connections',
    signals: { stop: 'TERM', kill: 'KILL', orphaned: ['KILL'] },
  });
  return {
    ...kept,
    url: `${url}/`,
    port,
    socketPath,
    ...(build.product === 'mysql' && {
      loginParameters: { 'server-public-key-path': join(home, 'data/public_key.pem') },
    }),
    createDatabase: async (name = nextName()) => {
      await createDatabase(`${url}/`, name);
      return `${url}/${encodeURIComponent(name)}`;
    },
  };
}

const FAST_INNODB = {
  'innodb-flush-log-at-trx-commit': '2',
  'innodb-flush-method': 'nosync',
  'innodb-buffer-pool-size': '64M',
};

const FAST: Readonly<Record<MysqlProduct, Readonly<Record<string, string>>>> = {
  mariadb: { ...FAST_INNODB, 'innodb-log-file-size': '16M' },
  mysql: { ...FAST_INNODB, 'disable-log-bin': 'ON', 'performance-schema': 'OFF' },
};

function tlsSettings(home: string, { certificate, key, authority }: NonNullable<MysqlOptions['tls']>) {
  const files = {
    'ssl-cert': certificate,
    'ssl-key': key,
    ...(authority === undefined ? {} : { 'ssl-ca': authority }),
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, pem]) => {
      const file = join(home, `${name}.pem`);
      writeFileSync(file, pem, { mode: 0o600 });
      giveToServer(file);
      return [name, file];
    }),
  );
}
