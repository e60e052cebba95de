import { type CallOptions, SinkError } from '@dbsync/core/contract';
import type { SqlContext } from '../engine/sql-context.js';

/** The old client's first version: its rows have other ids, so nobody can go on with them. */
const FIRST_VERSION = 'df_';

/**
 * The old client took another prefix by default. A first start beside its tables would copy everything a second time, so it
 * stops and names the prefix that goes on with them.
 */
export async function refusePreviousTables(context: SqlContext, options: CallOptions): Promise<void> {
  const tables = new Set(await context.session.schema.listTables(options));
  if (tables.has(context.names.contacts)) return;
  for (const table of tables) {
    if (!table.endsWith('contacts')) continue;
    const prefix = table.slice(0, -'contacts'.length);
    if (prefix === FIRST_VERSION || !tables.has(`${prefix}transactions`) || tables.has(`${prefix}sync_state`)) continue;
    const columns = (await context.session.schema.describe(table, options))?.columns.map(({ name }) => name) ?? [];
    if (!columns.includes('$id') || !columns.includes('$md5')) continue;
    throw new SinkError(
      'SQL_OTHER_PREFIX',
      `There are no tables ${context.names.contacts} and so on yet, but ${table} of an earlier client. To go on with it: --tp ${JSON.stringify(prefix)}`,
      { verdict: 'fatal', outcome: 'not-committed' },
    );
  }
}
