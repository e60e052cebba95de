import { DatabaseSync } from 'node:sqlite';
import type { DamagedDatabase } from './table-damage.ts';

/** Creates the damage. SQLite drops no column that a key, an index or a reference needs. */
export function sqliteDamage(file: string): DamagedDatabase {
  const use = <T>(work: (database: DatabaseSync) => T): T => {
    using database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    return work(database);
  };
  const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const run = async (...statements: readonly string[]) => use((database) => database.exec(statements.join(';')));
  return {
    run,
    ask: async (query) => use((database) => database.prepare(query).all()),
    quote,
    generated: 'VIRTUAL',
    columns: async (table) =>
      use((database) => {
        const names = (text: string, column: string) =>
          database
            .prepare(text)
            .all(`mcall_${table}`)
            .map((row) => String(row[column]));
        const bound = new Set([
          ...names('SELECT name FROM pragma_table_info(?) WHERE pk > 0', 'name'),
          ...names('SELECT "from" AS name FROM pragma_foreign_key_list(?)', 'name'),
          ...names('SELECT i.name FROM pragma_index_list(?) l, pragma_index_info(l.name) i', 'name'),
        ]);
        return names('SELECT name FROM pragma_table_info(?)', 'name').filter((name) => !bound.has(name));
      }),
    dropTable: (table) => run(`DROP TABLE mcall_${table}`),
    emptyTable: (table) => run(`DELETE FROM mcall_${table}`),
    dropColumn: (table, column) => run(`ALTER TABLE mcall_${table} DROP COLUMN ${quote(column)}`),
  };
}
