import pg from 'pg';
import type { DamagedDatabase } from './table-damage.ts';

/** Creates the damage. CASCADE also drops the references to a dropped part. */
export function postgresDamage(url: string): DamagedDatabase {
  const ask = async (text: string, values: readonly string[] = []) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<{ name: string }>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  };
  const run = async (...statements: readonly string[]) => void (await ask(statements.join(';')));
  const quote = pg.escapeIdentifier;
  return {
    run,
    quote,
    columnRounds: 4,
    generated: 'STORED',
    columns: async (table) => {
      const text = 'SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1';
      return (await ask(text, [`mcall_${table}`])).map(({ name }) => name);
    },
    hasValues: async (table, column) =>
      (await ask(`SELECT '' AS name FROM mcall_${table} WHERE ${quote(column)} IS NOT NULL LIMIT 1`)).length > 0,
    dropTable: (table) => run(`DROP TABLE mcall_${table} CASCADE`),
    emptyTable: (table) => run(`TRUNCATE mcall_${table} CASCADE`),
    dropColumn: (table, column) => run(`ALTER TABLE mcall_${table} DROP COLUMN ${quote(column)} CASCADE`),
  };
}
