import { type CallOptions, SinkError } from '@dbsync/core/contract';
import { quotedForShell } from '@dbsync/core/sink-kit';
import type { SqlContext } from '../engine/sql-context.js';

/** The prefix of the old client's first version. Its rows have other ids, so dbsync cannot continue with them. */
const FIRST_VERSION = 'df_';

/**
 * Stops a first start beside tables of the old client, which took another prefix by default: everything would be copied
 * a second time. The error names the prefix that continues with those tables.
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
      `There are no tables such as ${context.names.contacts} yet, but there is the table ${table} of an earlier client. To continue with it: --tp ${quotedForShell(prefix)}`,
      { verdict: 'fatal', outcome: 'not-committed' },
    );
  }
}
