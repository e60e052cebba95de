import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Certificate } from '../certificates.ts';
import { type DatabaseServer, databaseNames, SERVER_PASSWORD } from './database-server.ts';
import { freePort, startKept } from './kept-server.ts';
import { postgresBuild } from './postgres-build.ts';
import { giveToServer, serverHome } from './server-build.ts';

export interface PostgresOptions {
  /** True: with fsync, as in production. False: a commit survives the server's end, but not the machine's. */
  readonly durable?: boolean;
  /** The certificate: the server then takes encrypted connections as well as plain ones. */
  readonly tls?: Certificate;
  /** Settings of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresServer extends DatabaseServer {
  /** The directory of its unix socket. */
  readonly socketDirectory: string;
}

/** Starts a server; the first one on a machine takes 2 s for `initdb`, others half a second. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const build = await postgresBuild();
  const home = await serverHome('postgres', build, options.durable);
  const data = join(home, 'data');
  const port = await freePort();
  configure(data, options);
  const url = `postgres://postgres:${encodeURIComponent(SERVER_PASSWORD)}@127.0.0.1:${port}`;
  const nextName = databaseNames();
  const kept = await startKept({
    home,
    command: [join(build, 'native/bin/postgres'), '-D', data, '-p', String(port), '-k', home],
    ready: 'ready to accept connections',
    // A server that has only just begun ignores QUIT.
    signals: { stop: 'INT', kill: 'QUIT', orphaned: ['TERM', 'QUIT'] },
  });
  return {
    ...kept,
    url: `${url}/postgres`,
    port,
    socketDirectory: home,
    createDatabase: async (name = nextName()) => {
      await withClient(`${url}/postgres`, (client) => createDatabase(client, name));
      return `${url}/${encodeURIComponent(name)}`;
    },
  };
}

/** Connects for one piece of work. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Creates a database, by a client of any database of the server. */
export async function createDatabase(client: pg.Client, name: string, template = 'template1'): Promise<void> {
  const { rows } = await client.query<{ copies: boolean }>(
    "SELECT current_setting('server_version_num')::int >= 150000 AS copies",
  );
  // To copy the files takes a quarter of the CPU time of writing each of their pages to the log, as PostgreSQL does since 15.
  const strategy = rows[0]?.copies ? ' STRATEGY FILE_COPY' : '';
  await client.query(
    `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)}${strategy}`,
  );
}

function configure(data: string, { durable = false, tls, settings = {} }: PostgresOptions): void {
  const lines = Object.entries({
    listen_addresses: '127.0.0.1',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', shared_buffers: '64MB' }),
    ...(tls === undefined ? {} : { ssl: 'on', ssl_cert_file: 'server.crt', ssl_key_file: 'server.key' }),
    ...settings,
  }).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
  appendFileSync(join(data, 'postgresql.conf'), lines.join(''));
  if (tls === undefined) return;
  for (const [name, pem] of [
    ['server.crt', tls.certificate],
    ['server.key', tls.key],
  ] as const) {
    writeFileSync(join(data, name), pem, { mode: 0o600 });
    giveToServer(join(data, name));
  }
}
