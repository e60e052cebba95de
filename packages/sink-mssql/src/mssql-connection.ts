import { Connection, type ConnectionConfiguration, Request, TYPES } from 'tedious';
import { addParameter } from './request-parameters.js';
import { ConnectFailure, codeOf, LostConnection, type ServerError, serverErrorsOf } from './tds-failures.js';

/**
 * One session. Requests that are made at the same time wait for each other. An aborted request is cancelled and ends
 * with the server's answer. Without an answer in time, its outcome is unknown and the connection is closed.
 */
export interface MssqlConnection {
  readonly isUsable: boolean;
  /** Runs statements as one plain batch. Returns the rows of each that returns some, in their order. */
  batch(text: string, options: RequestOptions): Promise<readonly (readonly Row[])[]>;
  /** Runs one statement, with parameters named `@1` and so on. */
  query(text: string, parameters: readonly unknown[], options: RequestOptions): Promise<QueryAnswer>;
  /** Loads rows in bulk into columns `c0`, `c1` and so on. */
  load(table: string, load: TextLoad, options: RequestOptions): Promise<void>;
  /** Breaks the connection; a request that runs fails. */
  destroy(): void;
}

export type Row = Readonly<Record<string, unknown>>;

export interface QueryAnswer {
  readonly rows: readonly Row[];
  readonly rowCount: number;
}

export interface TextLoad {
  /** The length of each column, in UTF-16 units; null: unlimited. */
  readonly lengths: readonly (number | null)[];
  readonly rows: Iterable<readonly (string | null)[]>;
}

export interface RequestOptions {
  readonly signal: AbortSignal | undefined;
  /** The time limit of batches; 0: none. */
  readonly timeoutMs?: number;
}

/** Connects. @param onEnd called once, when the connection has ended for any reason */
export async function connect(
  settings: ConnectionConfiguration,
  { signal, onEnd }: { readonly signal: AbortSignal | undefined; onEnd(): void },
): Promise<MssqlConnection> {
  const connection = new Connection(settings);
  // The user of the connection learns of its end from the request, or from `onEnd`.
  connection.on('error', () => {});
  connection.once('end', onEnd);
  await opened(connection, signal);
  return session(connection);
}

async function opened(connection: Connection, signal: AbortSignal | undefined): Promise<void> {
  const serverErrors: ServerError[] = [];
  const tell = (error: ServerError) => serverErrors.push(error);
  const abort = () => connection.close();
  connection.on('errorMessage', tell);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  connection.connect((error) => (error ? reject(new ConnectFailure(error, serverErrors)) : resolve()));
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
    connection.removeListener('errorMessage', tell);
  }
}

function session(connection: Connection): MssqlConnection {
  let last: Promise<unknown> = Promise.resolve();

  /** Runs requests one after the other. */
  const run = <T>(send: (done: (error: unknown) => void) => () => T, { signal }: RequestOptions): Promise<T> => {
    const next = last.then(async () => {
      signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const answer = send((error) => (error ? reject(error) : resolve()));
      const abort = () => connection.cancel();
      signal?.addEventListener('abort', abort, { once: true });
      try {
        await promise;
        return answer();
      } catch (error) {
        throw failureOf(connection, error);
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    });
    last = next.catch(() => {});
    return next;
  };

  return {
    get isUsable() {
      return !connection.closed;
    },
    batch: (text, options) =>
      run((done) => {
        const sets: Row[][] = [];
        const request = new Request(text, done);
        request.on('columnMetadata', () => sets.push([]));
        request.on('row', (columns: readonly Column[]) => sets.at(-1)?.push(rowOf(columns)));
        if (options.timeoutMs !== undefined) request.setTimeout(options.timeoutMs);
        connection.execSqlBatch(request);
        return () => sets;
      }, options),
    query: (text, parameters, options) =>
      run((done) => {
        const rows: Row[] = [];
        let rowCount = 0;
        const request = new Request(text, (error, count) => {
          rowCount = count ?? 0;
          done(error);
        });
        request.on('row', (columns: readonly Column[]) => rows.push(rowOf(columns)));
        for (const [index, value] of parameters.entries()) addParameter(request, String(index + 1), value);
        connection.execSql(request);
        return () => ({ rows, rowCount });
      }, options),
    load: (table, { lengths, rows }, options) =>
      run((done) => {
        const bulk = connection.newBulkLoad(table, { lockTable: true }, done);
        for (const [index, length] of lengths.entries()) {
          bulk.addColumn(`c${index}`, TYPES.NVarChar, { length: length ?? Number.POSITIVE_INFINITY, nullable: true });
        }
        connection.execBulkLoad(bulk, rows as Iterable<unknown[]>);
        return () => {};
      }, options),
    destroy: () => connection.close(),
  };
}

const END_TIMEOUT_MS = 3_000;

/**
 * Ends the transaction after a failed request, because not every error does. If the server does not answer, the
 * connection ends too.
 */
export async function endTransaction(connection: MssqlConnection, andThen = ''): Promise<void> {
  try {
    const text = `IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;${andThen}`;
    await connection.batch(text, { signal: undefined, timeoutMs: END_TIMEOUT_MS });
  } catch {
    connection.destroy();
  }
}

interface Column {
  readonly value: unknown;
  readonly metadata: { readonly colName: string };
}

function rowOf(columns: readonly Column[]): Row {
  return Object.fromEntries(columns.map(({ value, metadata }) => [metadata.colName, value]));
}

/** If the connection ended, reports a lost connection, not the request's error, which has fewer details. */
function failureOf(connection: Connection, error: unknown): unknown {
  if (codeOf(error) === 'EINVALIDSTATE') connection.close();
  if (!connection.closed || serverErrorsOf(error).length > 0) return error;
  return new LostConnection(error instanceof Error ? error.message : String(error), error);
}
