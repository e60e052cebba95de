import { once } from 'node:events';
import { Connection, type ConnectionOptions, Request, type TYPES } from 'tedious';

/** A parameter of a statement, or a column of a bulk load. */
export interface Field {
  readonly name: string;
  readonly type: (typeof TYPES)[keyof typeof TYPES];
  readonly value?: unknown;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
}

/** The result of a request. */
export interface RequestResult {
  readonly rows: readonly (readonly unknown[])[];
  /** The counts of the statements that count. */
  readonly counts: readonly number[];
  /** Output parameters. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A connection of tedious with promises. A request that fails rejects with the driver's error. */
export interface TediousClient extends AsyncDisposable {
  readonly connection: Connection;
  /** Runs a statement by `sp_executesql`. */
  run(sql: string, fields?: readonly Field[]): Promise<RequestResult>;
  runBatch(sql: string): Promise<RequestResult>;
  call(procedure: string, fields: readonly Field[], outputs: readonly Field[]): Promise<RequestResult>;
  /** Prepares a statement, executes it with each set of values, and unprepares it. */
  runPrepared(
    sql: string,
    fields: readonly Field[],
    values: readonly Record<string, unknown>[],
  ): Promise<RequestResult>;
  /** Loads rows; returns the server's count. */
  bulk(table: string, fields: readonly Field[], rows: Iterable<unknown[]>): Promise<number>;
  /** Runs requests without a result, such as `connection.beginTransaction(done)`. */
  done(request: (done: (error?: Error | null) => void) => void): Promise<void>;
}

export interface TediousLogin extends ConnectionOptions {
  readonly server?: string;
  readonly user?: string;
  readonly password?: string;
  /** Called with each error of the server, those of the login too. */
  readonly onServerError?: (error: TediousServerError) => void;
}

export interface TediousServerError {
  readonly number: number;
  readonly class: number;
  readonly message: string;
}

/** Connects. @throws the driver's error for a login that fails */
export async function connectTedious({
  server = '127.0.0.1',
  user = 'sa',
  password = 'secret',
  onServerError,
  ...options
}: TediousLogin): Promise<TediousClient> {
  const connection = new Connection({
    server,
    authentication: { type: 'default', options: { userName: user, password } },
    options: { encrypt: false, ...options },
  });
  // Requests also fail when the connection breaks.
  connection.on('error', () => {});
  if (onServerError !== undefined) connection.on('errorMessage', onServerError);
  await done((finished) => connection.connect(finished));
  return clientOf(connection);
}

function clientOf(connection: Connection): TediousClient {
  return {
    connection,
    run: (sql, fields = []) =>
      resultOf(sql, (request) => {
        addParameters(request, fields);
        connection.execSql(request);
      }),
    runBatch: (sql) => resultOf(sql, (request) => connection.execSqlBatch(request)),
    call: (procedure, fields, outputs) =>
      resultOf(procedure, (request) => {
        addParameters(request, fields);
        for (const { name, type, value, ...size } of outputs) request.addOutputParameter(name, type, value, size);
        connection.callProcedure(request);
      }),
    runPrepared: (sql, fields, values) => runPrepared(connection, sql, fields, values),
    bulk: (table, fields, rows) =>
      new Promise((resolve, reject) => {
        const load = connection.newBulkLoad(table, (error, count) => (error ? reject(error) : resolve(count ?? 0)));
        for (const { name, type, ...size } of fields) load.addColumn(name, type, { nullable: true, ...size });
        connection.execBulkLoad(load, rows);
      }),
    done,
    async [Symbol.asyncDispose]() {
      if (connection.closed) return;
      connection.close();
      await once(connection, 'end');
    },
  };
}

function addParameters(request: Request, fields: readonly Field[]): void {
  for (const { name, type, value, ...size } of fields) request.addParameter(name, type, value, size);
}

/** Runs a request. @param send passes the request to the connection */
function resultOf(sql: string, send: (request: Request) => void): Promise<RequestResult> {
  return new Promise((resolve, reject) => {
    const collected = createCollected();
    const request = new Request(sql, (error) => (error ? reject(error) : resolve(collected)));
    collectInto(collected, request);
    send(request);
  });
}

async function runPrepared(
  connection: Connection,
  sql: string,
  fields: readonly Field[],
  values: readonly Record<string, unknown>[],
): Promise<RequestResult> {
  const collected = createCollected();
  let failure: Error | null | undefined;
  const request = new Request(sql, (error) => {
    failure ??= error;
  });
  collectInto(collected, request);
  addParameters(request, fields);
  connection.prepare(request);
  await once(request, 'prepared');
  for (const each of values) {
    connection.execute(request, { ...each });
    await once(request, 'requestCompleted');
  }
  connection.unprepare(request);
  await once(request, 'requestCompleted');
  if (failure) throw failure;
  return collected;
}

function createCollected() {
  return { rows: [] as unknown[][], counts: [] as number[], outputs: {} as Record<string, unknown> };
}

function collectInto({ rows, counts, outputs }: ReturnType<typeof createCollected>, request: Request): void {
  const count = (changed: number | undefined): void => {
    if (changed !== undefined) counts.push(changed);
  };
  request.on('row', (columns: readonly { readonly value: unknown }[]) => rows.push(columns.map(({ value }) => value)));
  request.on('done', count);
  request.on('doneInProc', count);
  request.on('returnValue', (name, value) => {
    outputs[name] = value;
  });
}

function done(request: (finished: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => request((error) => (error ? reject(error) : resolve())));
}
