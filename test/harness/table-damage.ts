import type { RowTable } from '@dbsync/core/contract';
import type { LosablePart, TargetDamage } from '@dbsync/testkit';
import { COPY_TABLES } from './compare/stored-copy.ts';

/** One database, as a program that does not know dbsync may damage it. Tables are named without their prefix. */
export interface DamagedDatabase {
  run(...statements: readonly string[]): Promise<void>;
  /** Returns the rows of a query. */
  ask(query: string): Promise<readonly Record<string, unknown>[]>;
  /** Returns the columns of the table that can be dropped. */
  columns(table: RowTable): Promise<readonly string[]>;
  quote(name: string): string;
  dropTable(table: string): Promise<void>;
  /** Empties a table without regard to foreign keys. */
  emptyTable(table: string): Promise<void>;
  dropColumn(table: RowTable, column: string): Promise<void>;
  /** The number of rounds in which all columns are dropped, since a round takes a second on a server; undefined: one for each column. */
  readonly columnRounds?: number;
  /** The declaration of a generated column that can be added to a table with rows. */
  readonly generated: 'STORED' | 'VIRTUAL';
}

/** Takes the field's name for a column that the database computes. The returned function drops that column. */
export async function obstructField({ run, quote, generated }: DamagedDatabase, field: string) {
  const table = quote('mcall_contacts');
  await run(`ALTER TABLE ${table} ADD COLUMN ${quote(field)} TEXT GENERATED ALWAYS AS ('x') ${generated}`);
  return () => run(`ALTER TABLE ${table} DROP COLUMN ${quote(field)}`);
}

interface Column {
  readonly table: RowTable;
  readonly column: string;
}

/** A column of a custom field, and one that each table has: without progress only the values show that they were lost. */
const VALUES_BESIDE_PROGRESS: readonly Column[] = [
  { table: 'contacts', column: 'city' },
  { table: 'transactions', column: 'status' },
];

/**
 * Returns the damage: each table is emptied and dropped, each column with a value is dropped, and dbsync's own tables
 * too.
 */
export function tableDamage(database: DamagedDatabase): TargetDamage {
  const { run, quote, columnRounds } = database;
  const nameOf = (table: string) => quote(`mcall_${table}`);
  const columnsWithValues = async (table: RowTable) => {
    const columns = await database.columns(table);
    const counts = columns.map((column, at) => `COUNT(${quote(column)}) AS c${at}`);
    const [row = {}] = await database.ask(`SELECT ${counts.join(', ')} FROM ${nameOf(table)}`);
    return columns.filter((_, at) => Number(row[`c${at}`]) > 0);
  };
  const ofTable = (table: RowTable): LosablePart[] => [
    { name: `the rows of ${table}`, holds: 'rows', lose: () => database.emptyTable(table) },
    { name: `the table ${table}`, holds: 'rows', lose: () => database.dropTable(table) },
  ];
  const ofColumns = (columns: readonly Column[]): LosablePart => ({
    name: `the columns ${columns.map(({ table, column }) => `${table}.${column}`).join(', ')}`,
    holds: 'rows',
    async lose() {
      for (const { table, column } of columns) await database.dropColumn(table, column);
    },
  });
  const state = nameOf('sync_state');
  const besideProgress = ({ name, lose }: LosablePart): LosablePart => ({
    name: `the progress, and ${name}`,
    holds: 'progress',
    async lose() {
      await lose();
      await run(`DELETE FROM ${state}`);
    },
  });
  const own: LosablePart[] = [
    { name: 'the row of sync_state', holds: 'progress', lose: () => run(`DELETE FROM ${state}`) },
    { name: 'a legible progress', holds: 'progress', lose: () => run(`UPDATE ${state} SET progress = '{"since":7}'`) },
    { name: 'the cell of progress', holds: 'progress', lose: () => run(`UPDATE ${state} SET progress = NULL`) },
    { name: 'the table sync_state', holds: 'progress', lose: () => database.dropTable('sync_state') },
    { name: 'the rows of sync_columns', holds: 'rows', lose: () => run(`DELETE FROM ${nameOf('sync_columns')}`) },
    { name: 'the table sync_columns', holds: 'rows', lose: () => database.dropTable('sync_columns') },
  ];
  return {
    async parts() {
      const rounds: Column[][] = [];
      for (const table of COPY_TABLES) {
        let count = 0;
        for (const column of await columnsWithValues(table)) {
          const at = columnRounds === undefined ? rounds.length : count++ % columnRounds;
          const columns = rounds[at] ?? [];
          rounds[at] = columns;
          columns.push({ table, column });
        }
      }
      // On a server the row of progress is lost beside a column alone, which saves a round.
      const both = VALUES_BESIDE_PROGRESS.map((column) => besideProgress(ofColumns([column])));
      const ofState = columnRounds === undefined ? [...both, ...own] : [...both.slice(0, 1), ...own.slice(1)];
      return [...ofState, ...rounds.map(ofColumns), ...COPY_TABLES.flatMap(ofTable)];
    },
    deleteRow: (table, id) =>
      run(`DELETE FROM ${nameOf(table)} WHERE ${quote(table === 'contacts' ? '$id' : 'id')} = '${id}'`),
  };
}
