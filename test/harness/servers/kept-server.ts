import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { DatabaseServer } from './database-server.ts';
import { serverUser } from './server-build.ts';

/** The process of a server: in its home, under the user of the servers. */
export interface ServerProcess {
  readonly home: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Variables beside those of every server. */
  readonly env?: NodeJS.ProcessEnv;
  /** The text that it logs once it takes connections. */
  readonly ready: string;
  readonly signals: {
    readonly stop: Signal;
    readonly kill: Signal;
    /** The signals to send, in order, when this process is gone. */
    readonly orphaned: readonly Signal[];
  };
}

type Signal = 'INT' | 'TERM' | 'QUIT' | 'KILL';

/** Starts a server that ends together with this process, and removes its home then. */
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

/** Returns a port below the range that systems use for outgoing connections, so that it is still free at a restart. */
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
 * A shell that holds one end of a pipe from this process. A line on it is a signal to pass on; its end means that this
 * process is gone, also by SIGKILL: then the server goes at once and its data with it. The shell leads its own process
 * group, so that Ctrl-C reaches neither.
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

/** Lets this process end before a server that was not stopped: the keeper notices the end. */
function unref(keeper: ChildProcess): void {
  keeper.unref();
  for (const stream of [keeper.stdin, keeper.stderr]) (stream as Socket | null)?.unref();
}
