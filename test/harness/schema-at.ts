import { existsSync } from 'node:fs';
import { queryRows } from './compare/query-rows.ts';

/**
 * Reads the tables of a database as any other program does: `TABLE`, `TABLE.COLUMN` with its type, and `TABLE.COLUMN index` for
 * the first column of each index.
 */
export async function schemaAt(url: string): Promise<ReadonlyMap<string, string>> {
  if (url.startsWith('sqlite:') && !existsSync(url.slice('sqlite:'.length))) return new Map();
  const parts: (readonly (string | null)[])[] = [];
  for (const query of queriesFor(url)) parts.push(...(await queryRows(url, query)));
  return new Map(parts.map(([part = '', type = '']) => [String(part), String(type)] as const).sort());
}

function queriesFor(url: string): readonly string[] {
  if (url.startsWith('sqlite:')) return SQLITE;
  return url.startsWith('postgres') ? POSTGRES : MYSQL;
}

const SQLITE = [
  "SELECT name, 'table' FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  "SELECT m.name || '.' || c.name, 'type ' || c.type FROM sqlite_schema m, pragma_table_xinfo(m.name) c WHERE m.type = 'table'",
  "SELECT m.name || '.' || i.name || ' index', 'index' FROM sqlite_schema m, pragma_index_list(m.name) l, pragma_index_info(l.name) i WHERE m.type = 'table' AND i.seqno = 0",
];

const POSTGRES = [
  "SELECT table_name, 'table' FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
  `SELECT t.relname || '.' || a.attname, 'type ' || format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
     JOIN pg_class t ON t.oid = a.attrelid WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped`,
  `SELECT t.relname || '.' || a.attname || ' index', 'index' FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0] WHERE t.relnamespace = 'public'::regnamespace`,
];

const MYSQL = [
  "SELECT table_name, 'table' FROM information_schema.tables WHERE table_schema = database() AND table_type = 'BASE TABLE'",
  "SELECT concat(table_name, '.', column_name), concat('type ', column_type) FROM information_schema.columns WHERE table_schema = database()",
  "SELECT concat(table_name, '.', column_name, ' index'), 'index' FROM information_schema.statistics WHERE table_schema = database() AND seq_in_index = 1",
];
