import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { DatabaseServer } from './database-server.ts';
import { serverUser } from './server-build.ts';

/** How a server is run: in its home, by the user of the servers. */
export interface ServerProcess {
  readonly home: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Beside those of every server. */
  readonly env?: NodeJS.ProcessEnv;
  /** What it logs once it takes connections. */
  readonly ready: string;
  readonly signals: {
    readonly stop: Signal;
    readonly kill: Signal;
    /** For when this process is gone, in this order. */
    readonly orphaned: readonly Signal[];
  };
}

type Signal = 'INT' | 'TERM' | 'QUIT' | 'KILL';

/** Starts a server that ends with this process, and its home with it. */
export async function startKept(
  server: ServerProcess,
): Promise<Pick<DatabaseServer, 'log' | 'stop' | 'kill' | 'restart'>> {
  let running = await run(server);
  return {
    log: () => running.log(),
    stop: async () => {
      await running.end(server.signals.stop);
      rmSync(server.home, { recursive: true, force: true });
    },
    kill: () => running.end(server.signals.kill),
    restart: async () => {
      running = await run(server);
    },
  };
}

/** Below the range that systems take the ports of outgoing connections from, so that it is still free at a restart. */
export async function freePort(): Promise<number> {
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

interface RunningServer {
  log(): string;
  /** Signals the server and waits until it is gone. */
  end(signal: Signal): Promise<void>;
}

/**
 * The shell holds one end of a pipe from this process. A line on it is a signal to pass on; its end means that this
 * process is gone, by SIGKILL too: then the server goes at once and its data with it. The shell leads a process group of
 * its own, so that Ctrl-C reaches neither.
 */
const KEEPER = `home=$1 orphaned=$2; shift 2
"$@" & server=$!
exec 2>/dev/null
if read -r signal; then kill -s "$signal" $server; wait $server
else for signal in $orphaned; do kill -s $signal $server; done; wait $server; rm -rf "$home"; fi`;

async function run({ home, command, env, ready, signals }: ServerProcess): Promise<RunningServer> {
  const { spawnOptions } = serverUser();
  const keeper = spawn('sh', ['-c', KEEPER, 'sh', home, signals.orphaned.join(' '), ...command], {
    ...spawnOptions,
    env: { ...spawnOptions.env, ...env },
    cwd: home,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let log = '';
  const started = new Promise<void>((resolve) => {
    keeper.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes(ready)) resolve();
    });
  });
  const exited = once(keeper, 'exit');
  const died = new Promise<never>((_, reject) => {
    keeper.stderr.once('end', () => reject(new Error(`The database server did not start:\n${log}`)));
  });
  await Promise.race([started, died]);
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
