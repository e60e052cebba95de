import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandIn, type DebianServer, debianBuild } from './debian-build.ts';
import { freePort, startKept } from './kept-server.ts';
import { giveToServer, serverHome } from './server-build.ts';

/** A private pgbouncer before one database. */
export interface Pgbouncer extends AsyncDisposable {
  /** The address of the database behind the pooler. */
  readonly url: string;
}

export interface PgbouncerOptions {
  readonly mode: 'session' | 'transaction' | 'statement';
  /** The number of connections to the server. */
  readonly poolSize: number;
}

const pgbouncer: DebianServer = {
  product: 'pgbouncer',
  package: { name: 'pgbouncer' },
  /** It has no data. */
  initialise: async () => {},
};

/** Starts a pooler before the database of this address; the first one on a machine is fetched in some seconds. */
export async function startPgbouncer(database: string, { mode, poolSize }: PgbouncerOptions): Promise<Pgbouncer> {
  const behind = new URL(database);
  const folder = await debianBuild(pgbouncer);
  const home = await serverHome(pgbouncer.product, folder);
  const port = await freePort();
  const [user, password] = [behind.username, behind.password].map(decodeURIComponent);
  const configuration = join(home, 'pgbouncer.ini');
  writeFileSync(
    configuration,
    `[databases]
pooled = host=${behind.hostname} port=${behind.port} dbname=${behind.pathname.slice(1)} user=${user} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = ${poolSize}
`,
  );
  giveToServer(configuration);
  const kept = await startKept({
    home,
    command: [...commandIn(join(folder, 'tree'), 'usr/sbin/pgbouncer'), configuration],
    ready: 'process up',
    signals: { stop: 'INT', kill: 'KILL', orphaned: ['KILL'] },
  });
  return {
    url: `postgres://dbsync@127.0.0.1:${port}/pooled`,
    [Symbol.asyncDispose]: () => kept.stop(),
  };
}
