import type { EngineSession, ErrorClassifier, TableRows, TakenKey, UpsertAnswer, UpsertBatch } from '@dbsync/sql';
import { GUARD_MISSED, UNDO_SCRIPT, writeScript } from './commit-script.js';
import type { ServerConnection } from './mysql-connection.js';
import type { MysqlPool } from './mysql-pool.js';
import { createTextParking } from './parked-texts.js';
import { name, statementText } from './statement-text.js';
import { createUpsertStages } from './upsert-stages.js';
import { KEY_EXISTS, ROW_TAKEN, type UpsertStatements } from './upsert-statements.js';

/**
 * Creates the upsert. Rows are staged outside of the transaction, which is then one request: see {@link writeScript}.
 */
export function createUpsert(pool: MysqlPool, toSinkError: ErrorClassifier): EngineSession['upsert'] {
  const stages = createUpsertStages();
  const parkTexts = createTextParking(stages);

  /** Does all that needs no transaction. */
  const prepare = async (connection: ServerConnection, batch: UpsertBatch): Promise<PreparedBatch> => {
    const tables: StagedTable[] = [];
    try {
      for (const { table, rows } of batch.rows.filter((each) => each.rows.length > 0)) {
        tables.push({ table, count: rows.length, ...(await stages.fill(connection, { table, rows })) });
      }
      const texts = batch.statements.map((statement) => statementText(statement));
      const statements = fitsRequest(texts, connection) ? texts : await parkTexts(connection, batch.statements);
      return { ...batch, tables, texts: statements };
    } catch (error) {
      connection.destroy();
      throw toSinkError(error, 'not-committed');
    }
  };

  const commit = async (
    connection: ServerConnection,
    batch: PreparedBatch,
    way: 'insert' | 'upsert',
  ): Promise<UpsertAnswer> => {
    const { kind } = connection.server;
    const statements = [
      ...openTables(batch.tables),
      ...(batch.before ?? []).map((statement) => statementText(statement)),
      ...batch.tables.flatMap((table) => rowStatements(table, batch, way)),
      ...batch.texts,
    ];
    try {
      const results = await connection.request(writeScript(kind, { statements, guards: batch.guards }));
      const isKept = kind === 'mariadb' || (results.at(-1) as [{ kept: number }])[0].kept === 1;
      return isKept ? answerOf(batch, results) : { committed: false, because: 'guard' };
    } catch (error) {
      const { errno } = error as { readonly errno?: number };
      if (errno === GUARD_MISSED) return { committed: false, because: 'guard' };
      if (kind === 'mysql') await connection.request(UNDO_SCRIPT).catch(() => connection.destroy());
      if (errno === KEY_EXISTS && way === 'insert') return commit(connection, batch, 'upsert');
      if (errno === ROW_TAKEN) {
        const taken = await takenKeys(connection, batch.tables);
        if (taken.length > 0) return { committed: false, because: 'owner', taken };
        throw toSinkError(Object.assign(error as Error, { message: OTHERS_INDEX_OR_TRIGGER }));
      }
      throw toSinkError(error);
    }
  };

  return (batch, { signal }) =>
    pool.use(signal, async (connection) =>
      commit(connection, await prepare(connection, batch), batch.seemsNew ? 'insert' : 'upsert'),
    );
}

const OTHERS_INDEX_OR_TRIGGER =
  'A unique index that dbsync did not make takes a row for another one, or a trigger divides by zero';

/** A batch that is ready for its transaction. */
interface PreparedBatch extends UpsertBatch {
  readonly tables: readonly StagedTable[];
  /** The texts of its statements. */
  readonly texts: readonly string[];
}

/** A table whose rows are in its stage. */
interface StagedTable extends UpsertStatements {
  readonly table: TableRows['table'];
  readonly count: number;
}

/**
 * Returns the statement that opens the tables of the rows for writing. A change of a table, such as a build of an index, waits for the
 * transactions that use the table, and all others wait behind it. A transaction that has read a table, or has written the table at the
 * other end of a foreign key, and only then asks to write this one, would wait for that change, and the change for it: the server would
 * end the transaction (error 1213), never the change. While a transaction has opened nothing else, the server resolves such a wait
 * by itself. It reads no row, and runs no trigger.
 */
function openTables(tables: readonly StagedTable[]): string[] {
  if (tables.length === 0) return [];
  return [`SELECT 1 FROM ${tables.map(({ table }) => name(table.name)).join(', ')} WHERE FALSE FOR UPDATE`];
}

/**
 * Returns the statements for the rows. Each results in a {@link TableCounts} at the end, and before that the owners,
 * where they are asked for.
 */
function rowStatements(table: StagedTable, { watched }: UpsertBatch, way: 'insert' | 'upsert'): string[] {
  if (way === 'insert') return [table.insert, 'SELECT 0 AS met, row_count() AS written'];
  return [
    ...(tellsOwners(table, watched) ? [table.touchedOwners] : []),
    `SET @dbsync_met = (${table.countMet})`,
    ...(table.updateMet === null ? [] : [table.updateMet, 'SET @dbsync_changed = row_count()']),
    table.upsert,
    `SELECT @dbsync_met AS met, row_count()${table.updateMet === null ? '' : ' + 2 * @dbsync_changed'} AS written`,
  ];
}

function tellsOwners({ table }: StagedTable, watched: UpsertBatch['watched']): boolean {
  return watched.size > 0 && table.ownerIndex !== null;
}

interface TableCounts {
  /** The number of rows that were there. */
  readonly met: number;
  /** The server's count: an inserted row counts once, an updated one twice, an unchanged one not at all. */
  readonly written: number;
}

/** True where the texts take at most half of a request: the rest is for its other parts. */
function fitsRequest(texts: readonly string[], { server }: ServerConnection): boolean {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return bytes < server.maxRequestBytes / 2;
}

function answerOf({ watched, tables }: PreparedBatch, results: readonly (readonly unknown[])[]): UpsertAnswer {
  const counts = results.flat().filter((row) => 'met' in (row as object)) as readonly TableCounts[];
  let [inserted, updated, unchanged] = [0, 0, 0];
  for (const [index, { count }] of tables.entries()) {
    const { met = 0, written = 0 } = counts[index] ?? {};
    const added = count - met;
    const changed = (written - added) / 2;
    inserted += added;
    updated += changed;
    unchanged += met - changed;
  }
  const owners = results.flat().map((row) => (row as { readonly owner?: string }).owner ?? '');
  return { committed: true, inserted, updated, unchanged, touched: new Set(owners.filter((id) => watched.has(id))) };
}

/** Reads the keys of rows that belong to other owners, only after the upsert has failed because of them. */
async function takenKeys(connection: ServerConnection, tables: readonly StagedTable[]): Promise<readonly TakenKey[]> {
  const taken: TakenKey[] = [];
  for (const { table, takenKeys: query } of tables) {
    if (query === null) continue;
    for (const { taken: key } of await connection.query<{ taken: string }>(query)) taken.push({ table, key });
  }
  return taken;
}
