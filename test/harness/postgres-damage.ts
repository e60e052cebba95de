import pg from 'pg';
import { withClient } from './servers/postgres-server.ts';
import type { DamagedDatabase } from './table-damage.ts';

/** Creates the damage. CASCADE also drops the references to a dropped part. */
export function postgresDamage(url: string): DamagedDatabase {
  const ask = (query: string, values: readonly string[] = []) =>
    withClient(url, async (client) => (await client.query<Record<string, unknown>>(query, [...values])).rows);
  const run = async (...statements: readonly string[]) => void (await ask(statements.join(';')));
  const quote = pg.escapeIdentifier;
  return {
    run,
    ask,
    quote,
    columnRounds: 4,
    generated: 'STORED',
    columns: async (table) => {
      const text = 'SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1';
      return (await ask(text, [`mcall_${table}`])).map(({ name }) => String(name));
    },
    dropTable: (table) => run(`DROP TABLE mcall_${table} CASCADE`),
    emptyTable: (table) => run(`TRUNCATE mcall_${table} CASCADE`),
    dropColumn: (table, column) => run(`ALTER TABLE mcall_${table} DROP COLUMN ${quote(column)} CASCADE`),
  };
}
