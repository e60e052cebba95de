import { isSinkError, type SinkError } from '@dbsync/core/contract';
import type { SqlContext } from './engine/sql-context.js';

/** Returns the error of a statement that the database refuses to this account. @throws any other error */
export function refusalOf({ engine }: Pick<SqlContext, 'engine'>, error: unknown): SinkError {
  const known = isSinkError(error) ? error : engine.toSinkError(error);
  if (known.connectionLost || known.verdict !== 'fatal') throw error;
  return known;
}

/** Returns null where the database refuses the query, as to an account that only reads reports. */
export async function ifAllowed<T>(context: Pick<SqlContext, 'engine'>, query: () => Promise<T>): Promise<T | null> {
  try {
    return await query();
  } catch (error) {
    refusalOf(context, error);
    return null;
  }
}
