import { setTimeout as sleep } from 'node:timers/promises';
import { type CallOptions, SinkError } from '@dbsync/core/contract';
import { recogniseServer } from './foreign-server.js';
import type { EngineSession, SqlEngine } from './sql-engine.js';

/** A server of the right kind has answered by then. Drivers wait ten seconds and more, and then report a time-out. */
const PATIENCE_MS = 2_000;

/**
 * Connects for the first time. If that fails, or takes more than two seconds, asks the server what it is: the address
 * may be that of another kind of server, and then waiting would not help.
 *
 * @throws SinkError `SQL_SERVER_FOREIGN`; else what the engine throws
 */
export async function connectFirst(engine: SqlEngine, { signal }: CallOptions): Promise<EngineSession> {
  const giveUp = new AbortController();
  const isSettled = new AbortController();
  const connecting = engine.connect({ signal: AbortSignal.any([signal, giveUp.signal]) });
  const connected = connecting.then(
    () => true,
    () => false,
  );
  const late = sleep(PATIENCE_MS, false, { signal: AbortSignal.any([signal, isSettled.signal]) }).catch(() => false);
  try {
    if (!(await Promise.race([connected, late]))) await refuseForeignServer(engine, { signal });
    return await connecting;
  } catch (error) {
    giveUp.abort(error);
    throw error;
  } finally {
    isSettled.abort();
  }
}

async function refuseForeignServer({ server }: SqlEngine, options: CallOptions): Promise<void> {
  if (server === undefined || options.signal.aborted) return;
  const found = await recogniseServer(server, options);
  if (found === null || found === server.kind) return;
  const { host, port, kind } = server;
  const message = `${host}:${port} is ${found}, and the scheme of --url asks for ${kind}.`;
  throw new SinkError('SQL_SERVER_FOREIGN', message, { verdict: 'fatal', outcome: 'not-committed' });
}
