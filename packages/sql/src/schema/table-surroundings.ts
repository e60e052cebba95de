import type { CallOptions, Finding, RowTable } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { foldedName } from '../columns/column-names.js';
import { PARENT_COLUMNS, ROW_TABLES } from '../columns/upstream-columns.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { ForeignKey, TableDescription } from '../engine/table-description.js';
import { tableId } from '../engine/table-id.js';
import type { TableNames } from '../engine/table-names.js';

type Descriptions = Readonly<Partial<Record<RowTable, TableDescription>>>;

/** Returns findings about what other programs added to the tables, and about the rights on each table. */
export async function checkSurroundings(
  context: SqlContext,
  descriptions: Descriptions,
  options: CallOptions,
): Promise<readonly Finding[]> {
  const tables = ROW_TABLES.filter((table) => descriptions[table] !== undefined);
  if (tables.length === 0) return [];
  return [
    ...(await checkRights(context, tables, options)),
    ...checkForeignKeys(context, descriptions),
    ...checkTriggers(context.names, descriptions),
    ...(await listTriggers(context, tables, options)),
  ];
}

async function checkRights(
  { names, session }: SqlContext,
  tables: readonly RowTable[],
  options: CallOptions,
): Promise<readonly Finding[]> {
  if (session.schema.rights === undefined) return [];
  const lacking = await session.schema.rights.lacking(
    tables.map((table) => names[table]),
    options,
  );
  if (lacking.length === 0) return [{ level: 'pass', what: 'The user has all rights on each table', remedy: null }];
  return lacking.map(({ table, rights, grant, stopsWrites }) => ({
    level: stopsWrites ? 'fail' : 'warn',
    what: stopsWrites
      ? `The user lacks ${rights} on ${table}`
      : `The user lacks ${rights} of ${table}: columns for new fields and indexes for reports cannot be added, and values of new fields go to $overflow`,
    remedy: grant,
  }));
}

/** Warns of keys that refuse rows: those to a table that is no copy. A key to a copy's former table is a due change. */
function checkForeignKeys(context: SqlContext, descriptions: Descriptions): readonly Finding[] {
  const { names } = context;
  const found = ROW_TABLES.flatMap((table) => (descriptions[table]?.foreignKeys ?? []).map((key) => ({ table, key })));
  const strange = found.filter(({ table, key }) => !isOwn(names, table, key) && !key.isCopy);
  if (strange.length === 0) {
    return [{ level: 'pass', what: 'No foreign key refers to a table that is no part of the copy', remedy: null }];
  }
  return strange.map(({ table, key }) => ({
    level: 'warn',
    what: `${names[table]}.${key.column} refers to ${key.table}, a table of another program: a row that names no row there becomes a dead letter`,
    remedy: `Unless that is on purpose: ${removalOf(context, names[table], key)}`,
  }));
}

/** Returns the statement that removes a key, quoted by the engine; SQLite has none. */
function removalOf(context: SqlContext, table: string, { name, column }: ForeignKey): string {
  if (name === '')
    return `make the table ${table} again without the foreign key of ${column}, since SQLite cannot drop one`;
  const statement = sql`ALTER TABLE ${tableId(context, table)} DROP CONSTRAINT ${sql.id(name)}`;
  return statement.compile(context.db).sql;
}

function isOwn(names: TableNames, table: RowTable, { column, table: target }: ForeignKey): boolean {
  const link = PARENT_COLUMNS[table];
  const parents = link?.column === column ? [names[link.parent]] : ROW_TABLES.map((each) => names[each]);
  return parents.some((parent) => foldedName(parent) === foldedName(target));
}

function checkTriggers(names: TableNames, descriptions: Descriptions): readonly Finding[] {
  return ROW_TABLES.flatMap((table): Finding[] => {
    const triggers = descriptions[table]?.droppingTriggers ?? null;
    if (triggers === null || triggers === '') return [];
    const what = `Triggers of another program run before each row of ${names[table]} and may drop it without an error: ${triggers}`;
    return [
      { level: 'warn', what, remedy: `Make sure that they return each row (RETURN NEW), or drop them: ${triggers}` },
    ];
  });
}

async function listTriggers(
  { names, session }: SqlContext,
  tables: readonly RowTable[],
  options: CallOptions,
): Promise<readonly Finding[]> {
  const { triggers } = session.schema;
  if (triggers === undefined) return [];
  const found = await triggers.list(
    tables.map((table) => names[table]),
    options,
  );
  if (found.length === 0) return [];
  const what = `Triggers of other programs run with each row: ${found.join(', ')}`;
  return [{ level: 'pass', what, remedy: null }];
}
