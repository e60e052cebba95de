import { type CallOptions, isSinkError, type RowTable, SinkError, type SinkNotice } from '@dbsync/core/contract';
import { createCommittedWrites } from './engine/committed-writes.js';
import { exposureNotice } from './engine/exposure-notice.js';
import { connectFirst } from './engine/first-connection.js';
import { createFirstLoads } from './engine/first-loads.js';
import type { SqlContext } from './engine/sql-context.js';
import type { EngineSession, SqlEngine } from './engine/sql-engine.js';
import type { SqlSettings } from './engine/sql-settings.js';
import { tableNames } from './engine/table-names.js';
import { blameTriggers } from './schema/blame-triggers.js';
import { explainDenied } from './schema/denied-rights.js';
import { createSchemaKeeper, type SchemaKeeper } from './schema/schema-keeper.js';
import type { SchemaState } from './schema/schema-state.js';
import { prepareSyncTables } from './schema/sync-setup.js';
import { createTableLosses, type TableLosses } from './schema/table-losses.js';
import { createTablePrefix } from './schema/table-prefix.js';
import { blameMissingTables, refuseMissingCopy } from './stream/missing-sync-tables.js';

/** The connected database of a sink. All work on it goes through here. */
export interface OpenDatabase {
  /**
   * Connects, and makes dbsync's own tables where they are missing, unless the sink only looks. May be called again.
   */
  open(options: CallOptions): Promise<void>;
  /**
   * Does the same, but only where the target may be another one than before: its connection was lost, or a fence
   * missed.
   */
  look(options: CallOptions): Promise<void>;
  /** Runs work, and classifies its errors. After an error it forgets all that it knew of the tables. */
  call<T>(options: CallOptions, work: Work<T>): Promise<T>;
  /**
   * Runs work that relies on the tables as `declareFields` left them. Where another program has removed or renamed
   * some, the error is a lost connection: core claims again, and its first call makes them again.
   */
  callOnTables<T>(options: CallOptions, work: Work<T>): Promise<T>;
  /** Runs work for a caller that handles the error itself: the next call throws a loss again. */
  attempt<T>(options: CallOptions, work: Work<T>): Promise<T>;
  close(): Promise<void>;
}

/** Work with an open database. */
export type Work<T> = (context: SqlContext, schema: SchemaKeeper) => Promise<T>;

/** The choices for opening a database. */
export interface OpenDatabaseOptions {
  /** True: no table is made. */
  readonly onlyLooks: boolean;
  /** True: where it only looks, it opens also where there is no copy. */
  readonly copyMayBeMissing: boolean;
  readonly notify: (notice: SinkNotice) => void;
}

export function createOpenDatabase(
  engine: SqlEngine,
  settings: SqlSettings,
  { onlyLooks, copyMayBeMissing, notify }: OpenDatabaseOptions,
): OpenDatabase {
  const names = tableNames(settings.tablePrefix);
  const memory = createMemory();
  const tableLosses = createTableLosses(engine);
  let session: EngineSession | null = null;
  let opened: { readonly context: SqlContext; readonly schema: SchemaKeeper } | null = null;
  let isOpen = false;
  let isDoubtful = false;
  let wasConnected = false;

  const hear = ({ connectionLost, verdict }: SinkError) => {
    if (connectionLost) session?.losses.reported();
    if (connectionLost || verdict === 'fenced') isDoubtful = true;
  };

  const connect = async (options: CallOptions): Promise<EngineSession> => {
    if (session?.losses.mustReconnect) {
      const stale = session;
      session = null;
      await stale.close();
    }
    session ??= await (wasConnected ? engine.connect(options) : connectFirst(engine, options));
    wasConnected = true;
    return session;
  };

  const open = async (options: CallOptions): Promise<void> => {
    try {
      const exposed = exposureNotice(engine);
      if (exposed !== null) notify(exposed);
      // A command that only looks prints its result alone; one that checks the target wants the warnings of a start.
      if (!onlyLooks || copyMayBeMissing) for (const warning of engine.warnings?.() ?? []) notify(warning);
      const session = await connect(options);
      const prefixed = (given: typeof session.db) => given.withPlugin(createTablePrefix(names));
      const dbs = { db: prefixed(session.db), renewalDb: prefixed(session.renewalDb ?? session.db) };
      const context = { engine, session, ...dbs, names, settings, ...memory, notify };
      if (!onlyLooks) await prepareSyncTables(context, options);
      else if (!copyMayBeMissing) await refuseMissingCopy(context, options);
      opened = { context, schema: createSchemaKeeper(context, tableLosses.declared) };
      isOpen = true;
      isDoubtful = false;
    } catch (error) {
      const known = classified(engine, error, options.signal);
      hear(known);
      throw session === null ? known : await explainDenied({ session, names, settings }, known, onlyLooks, options);
    }
  };

  const attempt = async <T>({ signal }: CallOptions, work: Work<T>): Promise<T> => {
    if (opened === null) throw notOpen();
    const { context, schema } = opened;
    try {
      signal.throwIfAborted();
      const loss = context.session.losses.unreported();
      if (loss !== null) throw loss;
      return await work(context, schema);
    } catch (error) {
      const remembered = schema.remembered();
      schema.forget();
      const known = classified(engine, error, signal);
      throw signal.aborted ? known : await explained(known, context, remembered, onlyLooks, { signal });
    }
  };

  return {
    open,
    attempt,
    ...createCalls(attempt, hear, tableLosses),
    async look(options) {
      if (!isOpen || !isDoubtful) return;
      // This tells core of a loss, and core claims: whatever was lost until now, all is read after this.
      session?.losses.reported();
      await open(options);
    },
    async close() {
      const closing = session;
      session = null;
      opened = null;
      isOpen = false;
      await closing?.close();
    },
  };
}

/** Creates the things that an open sink remembers of its own writes. */
function createMemory() {
  return {
    committedWrites: createCommittedWrites(),
    firstLoads: createFirstLoads(),
    droppedRows: new Map<RowTable, number>(),
  };
}

/** Returns the error with the reasons that the database tells. @param remembered the tables as they were known before it */
async function explained(
  error: SinkError,
  context: SqlContext,
  remembered: Promise<SchemaState> | null,
  onlyLooks: boolean,
  options: CallOptions,
): Promise<SinkError> {
  const known = await blameMissingTables(context, error, options);
  return blameTriggers(context, await explainDenied(context, known, onlyLooks, options), remembered, options);
}

/** Returns the calls that note their errors in this sink before they throw them on. */
function createCalls(
  attempt: OpenDatabase['attempt'],
  hear: (error: SinkError) => void,
  tableLosses: TableLosses,
): Pick<OpenDatabase, 'call' | 'callOnTables'> {
  const heard = (error: unknown): unknown => {
    if (isSinkError(error)) hear(error);
    return error;
  };
  return {
    async call(options, work) {
      try {
        return await attempt(options, work);
      } catch (error) {
        throw heard(error);
      }
    },
    async callOnTables(options, work) {
      try {
        const result = await attempt(options, work);
        tableLosses.succeeded();
        return result;
      } catch (error) {
        throw heard(tableLosses.read(error));
      }
    },
  };
}

/**
 * Classifies the error of a call. The failure of an aborted call tells neither the state of the database nor whether
 * the call committed.
 */
function classified(engine: SqlEngine, error: unknown, signal: AbortSignal): SinkError {
  if (isSinkError(error) || !signal.aborted) return engine.toSinkError(error);
  return new SinkError('SQL_CALLED_OFF', 'The call was aborted', {
    verdict: 'retryable',
    outcome: 'unknown',
    cause: error,
  });
}

function notOpen(): SinkError {
  return new SinkError('SQL_NOT_OPEN', 'The sink is not open', { verdict: 'fatal', outcome: 'not-committed' });
}
