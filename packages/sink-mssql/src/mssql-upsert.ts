import type { EngineSession, ErrorClassifier, TableRows, TakenKey, UpsertAnswer, UpsertBatch } from '@dbsync/sql';
import { commitBatch, GUARD_MISSED, ROW_TAKEN, type Way } from './commit-script.js';
import { endTransaction, type MssqlConnection, type RequestOptions, type Row } from './mssql-connection.js';
import type { MssqlPool } from './mssql-pool.js';
import { serverErrorsOf } from './tds-failures.js';
import { createUpsertStages } from './upsert-stages.js';
import type { UpsertStatements } from './upsert-statements.js';

/** Creates the upsert. Rows are staged outside of the transaction, which is then one request. */
export function createUpsert(pool: MssqlPool, toSinkError: ErrorClassifier): EngineSession['upsert'] {
  const stages = createUpsertStages();

  const stage = async (connection: MssqlConnection, batch: UpsertBatch, options: RequestOptions): Promise<Staged> => {
    const tables = batch.rows.filter(({ rows }) => rows.length > 0);
    try {
      return { batch, tables, statements: await stages.fill(connection, tables, options) };
    } catch (error) {
      throw toSinkError(error, 'not-committed');
    }
  };

  const commit = async (
    connection: MssqlConnection,
    staged: Staged,
    [way, ...otherWays]: Ways,
    options: RequestOptions,
  ): Promise<UpsertAnswer> => {
    try {
      const text = commitBatch(staged.batch, staged.statements, way);
      return answerOf(staged, await connection.batch(text, options));
    } catch (error) {
      const numbers = serverErrorsOf(error).map(({ number }) => number);
      await endTransaction(connection);
      if (numbers.includes(GUARD_MISSED)) return { committed: false, because: 'guard' };
      if (numbers.includes(ROW_TAKEN)) return takenRows(connection, staged, options);
      const [next, ...rest] = otherWays;
      if (next === undefined || !numbers.some((number) => KEY_EXISTS.has(number))) throw toSinkError(error);
      return commit(connection, staged, [next, ...rest], options);
    }
  };

  return (batch, options) =>
    pool.use(options.signal, async (connection) => {
      const staged = await stage(connection, batch, options);
      return commit(
        connection,
        staged,
        batch.seemsNew ? ['insert', 'upsert', 'upsert'] : ['upsert', 'upsert'],
        options,
      );
    });
}

interface Staged {
  readonly batch: UpsertBatch;
  /** The tables with rows. */
  readonly tables: readonly TableRows[];
  /** The statements in the order of the tables. */
  readonly statements: readonly UpsertStatements[];
}

/** The ways to try one after the other, where a key turns out to exist. */
type Ways = readonly [Way, ...(readonly Way[])];

/**
 * Errors of a plain insert, and of one that finds no row for a key which another session is about to insert: by now the
 * row exists.
 */
const KEY_EXISTS: ReadonlySet<number> = new Set([2627, 2601]);

function answerOf({ batch, tables }: Staged, sets: readonly (readonly Row[])[]): UpsertAnswer {
  const counts = sets.at(-1)?.[0] ?? {};
  let [inserted, updated, unchanged] = [0, 0, 0];
  for (const [at, { rows }] of tables.entries()) {
    const [added, changed] = [Number(counts[`inserted${at}`]), Number(counts[`updated${at}`])];
    inserted += added;
    updated += changed;
    unchanged += rows.length - added - changed;
  }
  const owners = batch.watched.size === 0 ? [] : (sets.at(-2) ?? []).map(({ owner }) => String(owner));
  const touched = new Set(owners.filter((owner) => batch.watched.has(owner)));
  return { committed: true, inserted, updated, unchanged, touched };
}

/**
 * Reads the rows that belong to other owners, only after the upsert has failed because of them. The stage still has the
 * rows.
 */
async function takenRows(
  connection: MssqlConnection,
  { tables, statements }: Staged,
  options: RequestOptions,
): Promise<UpsertAnswer> {
  const taken: TakenKey[] = [];
  for (const [at, { taken: query }] of statements.entries()) {
    const table = tables[at]?.table;
    if (query === null || table === undefined) continue;
    const [rows = []] = await connection.batch(query, options);
    for (const row of rows) taken.push({ table, key: String(row.taken) });
  }
  return { committed: false, because: 'owner', taken };
}
