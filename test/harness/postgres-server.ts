import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type PostgresBuild, postgresBuild } from './postgres-build.ts';

export interface PostgresOptions {
  /** With fsync, as in production; else a commit survives the server's end, not the machine's. */
  readonly durable?: boolean;
  /** PEM. The server then takes encrypted connections as well as plain ones. */
  readonly tls?: { readonly key: string; readonly certificate: string };
  /** Settings of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A PostgreSQL of our own: a fresh data directory, loopback and a unix socket only, gone with this process. */
export interface PostgresServer {
  /** Of the superuser, with a password that has to be percent-escaped. */
  readonly url: string;
  readonly port: number;
  /** The directory of its unix socket. */
  readonly socketDirectory: string;
  /** An empty database, by default of a fresh name; answers its address. */
  createDatabase(name?: string): Promise<string>;
  /** What the server has logged since its start. */
  log(): string;
  /** Shuts down in order and removes the data. */
  stop(): Promise<void>;
  /** As at a power cut: every connection breaks, nothing is shut down in order. The data stays for {@link restart}. */
  kill(): Promise<void>;
  /** After {@link kill}: recovers and listens on the same port. */
  restart(): Promise<void>;
}

const PASSWORD = 'p@ss:word/#?%';

/** Starts a server; the first one on a machine takes 2 s for `initdb`, others half a second. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const build = postgresBuild(PASSWORD);
  const home = mkdtempSync(join(tmpdir(), 'dbsync-postgres-'));
  const data = join(home, 'data');
  const port = await freePort();
  if (build.user !== undefined) chownSync(home, build.user, build.user);
  execFileSync('cp', ['-R', build.template, data], build.spawnOptions);
  configure(build, data, options);
  const url = `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`;
  const start = () => runServer(build, home, ['-D', data, '-p', String(port), '-k', home]);
  let running = await start();
  let databases = 0;
  return {
    url: `${url}/postgres`,
    port,
    socketDirectory: home,
    createDatabase: async (name = `db_${process.pid}_${++databases}`) => {
      await createDatabase(`${url}/postgres`, name);
      return `${url}/${encodeURIComponent(name)}`;
    },
    log: () => running.log(),
    stop: async () => {
      await running.end('INT');
      rmSync(home, { recursive: true, force: true });
    },
    kill: () => running.end('QUIT'),
    restart: async () => {
      running = await start();
    },
  };
}

/** `url` is that of any database of the server. */
export async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

interface RunningServer {
  log(): string;
  /** Signals the server and waits until it is gone. */
  end(signal: 'INT' | 'QUIT'): Promise<void>;
}

/**
 * The shell holds one end of a pipe from this process. A line on it is a signal to pass on; its end means that this
 * process is gone, by SIGKILL too: then the server goes at once and its data with it. The shell leads a process group of
 * its own, so that Ctrl-C reaches neither. TERM comes before QUIT, which a server that has only just begun ignores.
 */
const KEEPER = `home=$1; shift
"$@" & server=$!
exec 2>/dev/null
if read -r signal; then kill -s "$signal" $server; wait $server
else kill -s TERM $server; kill -s QUIT $server; wait $server; rm -rf "$home"; fi`;

async function runServer(build: PostgresBuild, home: string, args: readonly string[]): Promise<RunningServer> {
  const keeper = spawn('sh', ['-c', KEEPER, 'sh', home, join(build.native, 'bin/postgres'), ...args], {
    ...build.spawnOptions,
    cwd: home,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let log = '';
  const ready = new Promise<void>((resolve) => {
    keeper.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('ready to accept connections')) resolve();
    });
  });
  const exited = once(keeper, 'exit');
  const died = new Promise<never>((_, reject) => {
    keeper.stderr.once('end', () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
  });
  await Promise.race([ready, died]);
  unref(keeper);
  return {
    log: () => log,
    end: async (signal) => {
      keeper.ref();
      keeper.stdin.end(`${signal}\n`);
      await exited;
    },
  };
}

/** A server that nobody stops must not keep this process alive: when it ends, the keeper sees it. */
function unref(keeper: ChildProcess): void {
  keeper.unref();
  for (const stream of [keeper.stdin, keeper.stderr]) (stream as Socket | null)?.unref();
}

function configure(build: PostgresBuild, data: string, { durable = false, tls, settings = {} }: PostgresOptions): void {
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
    if (build.user !== undefined) chownSync(join(data, name), build.user, build.user);
  }
}

/** Below the range that systems take the ports of outgoing connections from, so that it is still free at a restart. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 17_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
