import dns from 'node:dns';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** A server on loopback to which a connection takes long, as over a long distance. */
export interface DistantServer extends AsyncDisposable {
  readonly port: number;
  /** The port of the real server. */
  readonly target: number;
  /**
   * Drops the first packet of connections for this time. Systems send it again after a second, so the next connection
   * takes about that long, or never succeeds.
   */
  beDeaf(ms: number): Promise<void>;
}

/** Starts it. @param target the port of the real server on 127.0.0.1; the slow server listens there too */
export async function startDistantServer(target: number): Promise<DistantServer> {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(new URL('./distant-server-thread.ts', import.meta.url), { workerData: { target, gate } });
  const [port] = (await once(thread, 'message')) as [number];
  const fillers: Socket[] = [];
  return {
    port,
    target,
    beDeaf: async (ms) => {
      thread.postMessage(ms);
      await once(thread, 'message');
      for (let filled = 0; filled < 2; filled++) {
        const filler = connect(port, '127.0.0.1').on('error', () => {});
        fillers.push(filler);
        await once(filler, 'connect');
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const filler of fillers) filler.destroy();
      Atomics.store(gate, 0, 1);
      Atomics.notify(gate, 0);
      await thread.terminate();
    },
  };
}

/** Makes a name lead to these addresses, for all look-ups of the process. Dispose of it to restore the system's own. */
export function nameLeadsTo(name: string, addresses: readonly dns.LookupAddress[]): Disposable {
  const real = dns.lookup;
  const lookup = (host: string, options: dns.LookupAllOptions, callback: (...found: readonly unknown[]) => void) => {
    if (host !== name) return real(host, options, callback);
    const [first] = addresses;
    process.nextTick(() => (options.all ? callback(null, addresses) : callback(null, first?.address, first?.family)));
  };
  replaceLookup(lookup as typeof dns.lookup);
  return { [Symbol.dispose]: () => replaceLookup(real) };
}

function replaceLookup(lookup: typeof dns.lookup): void {
  dns.lookup = lookup;
  syncBuiltinESMExports();
}
