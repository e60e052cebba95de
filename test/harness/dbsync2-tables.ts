import { readFileSync } from 'node:fs';

/** A server on which a run of dbsync2 1.15 was dumped. */
export type Dbsync2Server = 'postgres' | 'mariadb';

/** Returns the script that makes the tables of dbsync2 1.15 as the old client makes them, all empty. */
export function dbsync2Tables(server: Dbsync2Server, prefix: string): string {
  return scriptsOf(server, prefix).tables;
}

/** Returns the script that adds a row of dbsync2 1.15 to each of these tables. */
export function dbsync2Rows(server: Dbsync2Server, prefix: string): string {
  return scriptsOf(server, prefix).rows;
}

/** Returns the statements of a script. No value in it may have a `;` at the end of a line, or a line that begins with `--`. */
export function statementsOf(script: string): string[] {
  return script
    .split(/;\s*\n|\n;/)
    .map((text) => text.replaceAll(/^--.*$/gm, '').trim())
    .filter((text) => text !== '');
}

/**
 * Returns the same tables on SQL Server. No run was dumped there: the types are those that the old client is known to
 * declare, and its texts without a length have room for one character.
 */
export function dbsync2TablesOfSqlServer(prefix: string): string[] {
  const script = dbsync2Tables('postgres', prefix)
    .replaceAll(' USING btree', '')
    .replaceAll('character varying', 'nvarchar')
    .replaceAll(' boolean', ' bit');
  return statementsOf(script);
}

function scriptsOf(server: Dbsync2Server, prefix: string) {
  const file = new URL(`../fixtures/dbsync2-1.15/${server}.sql`, import.meta.url);
  const script = readFileSync(file, 'utf8').replaceAll('{prefix}', prefix);
  const end = script.indexOf('INSERT INTO');
  return { tables: script.slice(0, end), rows: script.slice(end) };
}
