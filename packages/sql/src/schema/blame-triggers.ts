import { type CallOptions, SinkError } from '@dbsync/core/contract';
import { ROW_TABLES } from '../columns/upstream-columns.js';
import type { SqlContext } from '../engine/sql-context.js';
import { missingSyncTables } from '../stream/missing-sync-tables.js';
import { copyTables } from './copy-tables.js';
import { readSchema, type SchemaState } from './schema-state.js';

/**
 * Names the triggers of other programs that may have caused an error. Where dbsync's own tables and rights are whole, a
 * trigger caused an error about a table, a column or a right: then the code is `SQL_TRIGGER_FAILED`, and the message
 * does not blame dbsync's own tables.
 *
 * @param remembered the tables as they were known before the error
 */
export async function blameTriggers(
  context: SqlContext,
  error: SinkError,
  remembered: Promise<SchemaState> | null,
  options: CallOptions,
): Promise<SinkError> {
  const { triggers } = context.session.schema;
  if (triggers === undefined || error.connectionLost || !triggers.suspects.has(error.code)) return error;
  try {
    const found = await triggers.list(
      ROW_TABLES.map((table) => context.names[table]),
      options,
    );
    if (found.length === 0) return error;
    const names = found.join(', ');
    if (error.verdict !== 'refused' && (await isWhole(context, await remembered, options))) {
      const message = `${context.engine.name}: ${textOf(error)}. The tables and rights of dbsync are complete, so a trigger that dbsync did not make has failed: ${names}. Correct the trigger, or drop it`;
      return new SinkError('SQL_TRIGGER_FAILED', message, { ...error, cause: error.cause });
    }
    const message = `${error.message}. The tables have triggers that dbsync did not make: ${names}`;
    return new SinkError(error.code, message, { ...error, cause: error.cause });
  } catch {
    // The first error counts.
    return error;
  }
}

/** True where no table of dbsync's has changed during the call, and no right is missing. */
async function isWhole(context: SqlContext, before: SchemaState | null, options: CallOptions): Promise<boolean> {
  if (before === null) return false;
  const now = await readSchema(context, options);
  if (JSON.stringify(now.descriptions) !== JSON.stringify(before.descriptions)) return false;
  if ((await missingSyncTables(context, options)).length > 0) return false;
  const findings = await context.session.checkHealth({ ...options, copyTables: await copyTables(context, options) });
  return findings.every(({ level }) => level !== 'fail');
}

/** Returns the server's own words, without advice about dbsync's tables. */
function textOf({ cause, message }: SinkError): string {
  if (!(cause instanceof Error)) return message;
  const number = 'errno' in cause && typeof cause.errno === 'number' ? ` (error ${cause.errno})` : '';
  return `${cause.message}${number}`;
}
