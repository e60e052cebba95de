import type { EngineSession, TableRows, TakenKey, UpsertAnswer, UpsertBatch } from '@dbsync/sql';
import { commitBatch, GUARD_MISSED, ROW_TAKEN, type Way } from './commit-batch.js';
import { endTransaction, type MssqlConnection, type RequestOptions, type Row } from './mssql-connection.js';
import type { ErrorClassifier } from './mssql-errors.js';
import type { MssqlPool } from './mssql-pool.js';
import { serverErrorsOf } from './tds-failures.js';
import { createUpsertStages } from './upsert-stages.js';
import type { UpsertStatements } from './upsert-statements.js';

/** Rows are staged outside of the transaction, which then is one request. */
export function createUpsert(pool: MssqlPool, toSinkError: ErrorClassifier): EngineSession['upsert'] {
  const stages = createUpsertStages();

  const commit = async (connection: MssqlConnection, batch: UpsertBatch, staged: Staged, options: RequestOptions) => {
    for (const [attempt, way] of waysOf(batch).entries()) {
      try {
        const text = commitBatch(batch, staged.statements, way);
        return answerOf(batch, staged.tables, await connection.batch(text, options));
      } catch (error) {
        const numbers = serverErrorsOf(error).map(({ number }) => number);
        await endTransaction(connection);
        if (numbers.includes(GUARD_MISSED)) return { committed: false, because: 'guard' } as const;
        if (numbers.includes(ROW_TAKEN)) return await takenRows(connection, staged, options);
        const isLast = attempt === waysOf(batch).length - 1;
        if (isLast || !numbers.some((number) => KEY_EXISTS.has(number))) throw toSinkError(error);
      }
    }
    throw new TypeError('No way was tried');
  };

  return (batch, options) =>
    pool.use(options.signal, async (connection) => {
      const tables = batch.rows.filter(({ rows }) => rows.length > 0);
      let statements: readonly UpsertStatements[];
      try {
        statements = await stages.fill(connection, tables, options);
      } catch (error) {
        throw toSinkError(error, 'not-committed');
      }
      return commit(connection, batch, { tables, statements }, options);
    });
}

interface Staged {
  readonly tables: readonly TableRows[];
  /** In the order of the tables. */
  readonly statements: readonly UpsertStatements[];
}

/** Of a plain insert, and of one that finds missing what somebody else is about to insert: then it is there by now. */
const KEY_EXISTS: ReadonlySet<number> = new Set([2627, 2601]);

function waysOf({ seemsNew }: UpsertBatch): readonly Way[] {
  return seemsNew ? ['insert', 'upsert', 'upsert'] : ['upsert', 'upsert'];
}

function answerOf(
  batch: UpsertBatch,
  tables: readonly TableRows[],
  sets: readonly (readonly Row[])[],
): Extract<UpsertAnswer, { committed: true }> {
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

/** The stage still has the rows: asked for only when the upsert has failed because of them. */
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
