import { queryRows } from './compare/query-rows.ts';

/** Returns the indexes of all tables, as any other program finds them: `mcall_connections (user, started)`, sorted. */
export async function indexesAt(url: string): Promise<readonly string[]> {
  const parts = await queryRows(url, queryFor(url));
  const indexes = Object.groupBy(parts, ([table, index]) => JSON.stringify([table, index]));
  return Object.values(indexes)
    .map((index = []) => `${index[0]?.[0]} (${index.map(([, , column]) => column).join(', ')})`)
    .sort();
}

/** The indexes that every copy gets for reports, with the usual prefix, sorted. */
export const REPORT_INDEXES: readonly string[] = [
  'mcall_connections ($changed)',
  'mcall_connections (contact_id)',
  'mcall_connections (started)',
  'mcall_connections (user, started)',
  'mcall_contacts ($changed)',
  'mcall_contacts ($follow_up_date)',
  'mcall_contacts ($phone)',
  'mcall_contacts ($status)',
  'mcall_inbound_calls ($changed)',
  'mcall_inbound_calls (remote_number)',
  'mcall_inbound_calls (started)',
  'mcall_recordings ($changed)',
  'mcall_recordings (contact_id)',
  'mcall_transactions ($changed)',
  'mcall_transactions (contact_id, fired)',
  'mcall_transactions (fired)',
];

function queryFor(url: string): string {
  if (url.startsWith('sqlite:')) {
    return `SELECT m.name, l.name, i.name FROM sqlite_schema m, pragma_index_list(m.name) l, pragma_index_info(l.name) i
      WHERE m.type = 'table' ORDER BY m.name, l.name, i.seqno`;
  }
  if (url.startsWith('postgres')) {
    return `SELECT t.relname, i.indexrelid::text, a.attname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
      CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS part (number, place)
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = part.number
      WHERE t.relnamespace = 'public'::regnamespace AND i.indisvalid ORDER BY 1, 2, part.place`;
  }
  return `SELECT table_name, index_name, column_name FROM information_schema.statistics WHERE table_schema = database()
    ORDER BY table_name, index_name, seq_in_index`;
}
