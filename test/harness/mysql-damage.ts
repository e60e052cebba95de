import { createConnection, escapeId, type RowDataPacket } from 'mysql2/promise';
import { plainAddress } from './servers/plain-address.ts';
import type { DamagedDatabase } from './table-damage.ts';

/** Creates the damage. Foreign keys are not checked; those that name a column are dropped before it. */
export function mysqlDamage(url: string): DamagedDatabase {
  const askLast = async (...statements: readonly string[]): Promise<readonly Record<string, string>[]> => {
    const connection = await createConnection({ uri: plainAddress(url) });
    try {
      let rows: readonly Record<string, string>[] = [];
      await connection.query('SET SESSION foreign_key_checks = 0');
      for (const text of statements)
        rows = (await connection.query<(RowDataPacket & Record<string, string>)[]>(text))[0];
      return rows;
    } finally {
      await connection.end();
    }
  };
  const quote = (name: string) => escapeId(name, true);
  const run = async (...statements: readonly string[]) => void (await askLast(...statements));
  return {
    run,
    ask: askLast,
    quote,
    columnRounds: 4,
    generated: 'STORED',
    columns: async (table) => {
      const text = `SELECT column_name AS name FROM information_schema.columns
        WHERE table_schema = database() AND table_name = 'mcall_${table}' ORDER BY ordinal_position`;
      return (await askLast(text)).map(({ name = '' }) => name);
    },
    dropTable: (table) => run(`DROP TABLE mcall_${table}`),
    emptyTable: (table) => run(`DELETE FROM mcall_${table}`),
    dropColumn: async (table, column) => {
      const keys = await askLast(
        `SELECT table_name AS ofTable, constraint_name AS name FROM information_schema.key_column_usage
         WHERE table_schema = database() AND referenced_table_name IS NOT NULL AND
           ((table_name = 'mcall_${table}' AND column_name = '${column}')
             OR (referenced_table_name = 'mcall_${table}' AND referenced_column_name = '${column}'))`,
      );
      const free = keys.map(
        ({ ofTable = '', name = '' }) => `ALTER TABLE ${quote(ofTable)} DROP FOREIGN KEY ${quote(name)}`,
      );
      await run(...free, `ALTER TABLE mcall_${table} DROP COLUMN ${quote(column)}`);
    },
  };
}
