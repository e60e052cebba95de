import {
  type CallOptions,
  type Finding,
  isSinkError,
  SinkError,
  type SinkTarget,
  type StoreSink,
} from '@dbsync/core/contract';
import { createCommittedWrites } from './committed-writes.js';
import { listDeadLetters } from './dead-letters.js';
import { claimStream, releaseClaim, renewClaim } from './lease.js';
import { postRequest, readRequests } from './mailbox.js';
import { onceEach } from './notices.js';
import { readContactVersions } from './read-versions.js';
import { createRowsMarks } from './rows-marks.js';
import { createSchemaKeeper, type SchemaKeeper } from './schema-keeper.js';
import type { SqlContext } from './sql-context.js';
import type { EngineSession, SqlEngine } from './sql-engine.js';
import { readSettings } from './sql-settings.js';
import { readStreamState } from './stream-state.js';
import { prepareSyncTables } from './sync-setup.js';
import { checkTables } from './table-health.js';
import { tableNames } from './table-names.js';
import { createTablePrefix } from './table-prefix.js';
import { writeBatch } from './write-batch.js';

/**
 * The store sink of a SQL engine. Everything that a store promises is kept here, the same way for every engine; the engine
 * brings what differs. Throws a fatal `SinkError` for options that make no sense, and touches nothing.
 */
export function createSqlSink(engine: SqlEngine, { options: given, notify }: Omit<SinkTarget, 'address'>): StoreSink {
  const settings = readSettings(given);
  const names = tableNames(settings.tablePrefix);
  const committedWrites = createCommittedWrites();
  let session: EngineSession | null = null;
  let opened: Opened | null = null;
  const marks = createRowsMarks();

  /** Every call goes through here: errors leave classified, and after one nothing that was known is believed. */
  const call = async <T>({ signal }: CallOptions, work: Work<T>): Promise<T> => {
    if (opened === null) throw notOpen();
    const { context, schema } = opened;
    try {
      signal.throwIfAborted();
      return await work(context, schema);
    } catch (error) {
      schema.forget();
      throw classified(engine, error, signal);
    }
  };

  return {
    kind: 'store',
    limits: engine.limits,

    async open(options) {
      try {
        session ??= await engine.connect(options);
        const db = session.db.withPlugin(createTablePrefix(names));
        const context = { engine, session, db, names, settings, committedWrites, notify: onceEach(notify) };
        await prepareSyncTables(context, options);
        opened = { context, schema: createSchemaKeeper(context) };
      } catch (error) {
        throw classified(engine, error, options.signal);
      }
    },

    async checkHealth(options) {
      try {
        return await call(options, async (context) => [
          ...(await context.session.checkHealth(options)),
          ...(await checkTables(context, options)),
        ]);
      } catch (error) {
        return [failure(engine.toSinkError(error))];
      }
    },

    async close() {
      const closing = session;
      session = null;
      opened = null;
      await closing?.close();
    },

    declareFields: (fields, options) => call(options, (_context, schema) => schema.declareFields(fields, options)),

    claim: (stream, plan, options) =>
      call(options, async (context, schema) => {
        schema.forget();
        return claimStream(context, stream, plan, options);
      }),
    renew: (claim, options) => call(options, (context) => renewClaim(context, claim, options)),
    release: (claim, options) => call(options, (context) => releaseClaim(context, claim, options)),

    readState: (stream, options) =>
      call(options, async (context, schema) =>
        readStreamState(context, await schema.current(options), marks, stream, options),
      ),
    readVersions: (claim, contactIds, options) =>
      call(options, async (context, schema) =>
        readContactVersions(context, await schema.current(options), claim, contactIds, options),
      ),

    write: (batch, claim, options) =>
      call(options, (context, schema) => writeBatch(context, schema, marks, batch, claim, options)),

    listDeadLetters: (stream, options) => call(options, (context) => listDeadLetters(context, stream, options)),
    postRequest: (stream, request, options) =>
      call(options, (context) => postRequest(context, stream, request, options)),
    takeRequests: (claim, options) => call(options, (context) => readRequests(context, claim, options)),
  };
}

type Work<T> = (context: SqlContext, schema: SchemaKeeper) => Promise<T>;

interface Opened {
  readonly context: SqlContext;
  readonly schema: SchemaKeeper;
}

/** What broke because it was called off says nothing about the database, nor about what it made of the call. */
function classified(engine: SqlEngine, error: unknown, signal: AbortSignal): SinkError {
  if (isSinkError(error) || !signal.aborted) return engine.toSinkError(error);
  return new SinkError('SQL_CALLED_OFF', 'The call was called off', {
    verdict: 'retryable',
    outcome: 'unknown',
    cause: error,
  });
}

function notOpen(): SinkError {
  return new SinkError('SQL_NOT_OPEN', 'The sink is not open', { verdict: 'fatal', outcome: 'not-committed' });
}

function failure({ code, message }: SinkError): Finding {
  return { level: 'fail', what: message, remedy: `See ${code}` };
}
