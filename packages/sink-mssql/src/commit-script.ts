import type { Guard, UpsertBatch } from '@dbsync/sql';
import { BINARY } from './mssql-types.js';
import { statementText } from './statement-text.js';
import type { UpsertStatements } from './upsert-statements.js';

/** Numbers of dbsync's own errors, chosen so that no other program throws the same. */
export const ROW_TAKEN = 1_684_173_411;
export const GUARD_MISSED = 1_684_173_412;

export type Way = 'insert' | 'upsert';

/**
 * Returns the transaction as one plain batch, so that a process that is frozen at any instant holds no lock (R12): the
 * server runs it to its end without the process. Any failure on the way, in triggers too, undoes all of it; nothing can
 * fail after COMMIT. The result is one row of counts, such as `inserted0` and `updated0` of the first table; before it,
 * where owners are watched, a row for each `owner` with a changed row.
 */
export function commitBatch(batch: UpsertBatch, tables: readonly UpsertStatements[], way: Way): string {
  const tellOwners = batch.watched.size > 0;
  const counts = tables.map((_, at) => ({ inserted: `@inserted${at}`, updated: `@updated${at}` }));
  const rows = tables.flatMap((statements, at) => {
    const { inserted = '', updated = '' } = counts[at] ?? {};
    return way === 'insert'
      ? [statements.insert, count(inserted)]
      : [
          ...(tellOwners && statements.touched !== null ? [`INSERT INTO @owners ${statements.touched}`] : []),
          statements.insertMissing,
          count(inserted),
          ...(statements.update === null ? [] : [statements.update, count(updated)]),
          ...(statements.taken === null ? [] : [failIf(`EXISTS (${statements.taken})`, ROW_TAKEN, 'owner')]),
        ];
  });
  return [
    ...terminated([
      'SET XACT_ABORT ON',
      ...(tellOwners ? [`DECLARE @owners TABLE (owner nvarchar(4000) COLLATE ${BINARY})`] : []),
      ...counts.map(({ inserted, updated }) => `DECLARE ${inserted} int = 0, ${updated} int = 0`),
    ]),
    'BEGIN TRY',
    ...terminated([
      'BEGIN TRANSACTION',
      ...(batch.before ?? []).map(statementText),
      ...rows,
      ...batch.statements.map(statementText),
      ...batch.guards.flatMap(guardStatements),
      'COMMIT TRANSACTION',
    ]),
    'END TRY',
    'BEGIN CATCH',
    ...terminated(['IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION', 'THROW']),
    'END CATCH;',
    ...terminated([...(tellOwners ? ['SELECT DISTINCT owner FROM @owners'] : []), countsQuery(counts)]),
  ].join('\n');
}

interface Counters {
  readonly inserted: string;
  readonly updated: string;
}

/** Returns the query of the counts, which are named as the variables, without the sign. It always returns a row. */
function countsQuery(counts: readonly Counters[]): string {
  const columns = counts.flatMap(({ inserted, updated }) => [inserted, updated]);
  return `SELECT ${columns
    .map((variable) => `${variable} AS ${variable.slice(1)}`)
    .concat('1 AS done')
    .join(', ')}`;
}

function terminated(statements: readonly string[]): string[] {
  return statements.map((statement) => `${statement};`);
}

function count(variable: string): string {
  return `SET ${variable} = @@ROWCOUNT`;
}

function guardStatements({ query, meets }: Guard): string[] {
  const text = statementText(query);
  if (meets === 'changed') return [text, failIf('@@ROWCOUNT <> 1', GUARD_MISSED, 'guard')];
  return [failIf(`(SELECT COUNT(*) FROM (${text}) AS met) <> 1`, GUARD_MISSED, 'guard')];
}

function failIf(condition: string, number: number, what: string): string {
  return `IF ${condition} THROW ${number}, N'dbsync: ${what}', 1`;
}
