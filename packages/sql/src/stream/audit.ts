import { randomUUID } from 'node:crypto';
import type { CallOptions, Operator, OperatorAct, Stream } from '@dbsync/core/contract';
import type { Kysely } from 'kysely';
import type { SqlContext } from '../engine/sql-context.js';
import type { SyncTables } from '../engine/sync-tables.js';

/**
 * Notes an act of an operator in `sync_audit`: the database's time and account, and the person and machine of the
 * command. {@link postRequest} calls it for every request; a call that acts without the mailbox calls it in its own
 * transaction.
 *
 * @param db the transaction of the act
 */
export async function noteAct(
  { engine }: Pick<SqlContext, 'engine'>,
  db: Kysely<SyncTables>,
  stream: Stream,
  { act, subject }: OperatorAct,
  by: Operator,
  options: CallOptions,
): Promise<void> {
  const { types } = engine;
  const acted_at = types.now(types.storageOf(types.declare('instant', 'native'), 'instant'));
  const who = { database_user: types.databaseUser, os_user: by.user, host: by.host };
  await db
    .insertInto('sync_audit')
    .values({ act_id: randomUUID(), stream, acted_at, ...who, act, subject })
    .execute(options);
}

/**
 * True where acts can be noted. An account without the right to create tables may have a copy from before the audit.
 */
export async function hasAudit({ names, session }: SqlContext, options: CallOptions): Promise<boolean> {
  return (await session.schema.describe(names.sync_audit, options)) !== null;
}

/** Warns that an act is carried out without a note in the audit. */
export function tellNoAudit({ names, notify }: SqlContext, reason: string): void {
  const message = `${names.sync_audit} is missing, so acts of operators are not noted${reason}. Start dbsync once with an account that may create tables.`;
  notify({ level: 'warn', code: 'SQL_AUDIT_MISSING', message });
}
