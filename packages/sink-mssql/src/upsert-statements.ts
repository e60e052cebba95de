import type { Storage, UpsertColumn, UpsertTable } from '@dbsync/sql';
import { BINARY, clockText } from './mssql-types.js';
import { name } from './statement-text.js';

export interface UpsertStatements {
  /** Which cells of a row are staged: a column of a type that dbsync does not know is left alone. */
  readonly cells: readonly StagedCell[];
  readonly stage: string;
  readonly createStage: string;
  /** Fails where one of the keys is there. */
  readonly insert: string;
  /** With what tells the owners of inserted rows in {@link OWNERS}. */
  readonly insertMissing: (tellOwners: boolean) => string;
  /** Tells in {@link OWNERS} whose rows it changed, and whose they were before; null for a table of keys alone. */
  readonly update: string | null;
  /** Answers the keys of rows that belong to another owner; null where rows have none. */
  readonly taken: string | null;
}

export interface StagedCell {
  readonly index: number;
  readonly storage: Storage;
  /** Of its column in the stage, in UTF-16 units; null: unlimited. */
  readonly length: number | null;
}

/** The table variable of a batch that changed owners are told in. */
export const OWNERS = '@owners';
export const DECLARE_OWNERS = `DECLARE ${OWNERS} TABLE (was nvarchar(4000) COLLATE ${BINARY}, is_now nvarchar(4000) COLLATE ${BINARY})`;
export const OWNER_TAKEN = `EXISTS (SELECT 1 FROM ${OWNERS} WHERE was <> is_now)`;

/**
 * Bulk load of texts into a temporary table, then INSERT of what is missing and UPDATE of what differs. In this order no
 * lock on ranges is needed: a row that somebody else inserts meanwhile is updated, or fails the INSERT by its key. (MERGE
 * would need such locks, and has mistakes of its own.) Joins start at the stage and find rows by their keys, so that no
 * row of others is locked or waited for.
 */
export function upsertStatements(table: UpsertTable, stage: string): UpsertStatements {
  const staged = table.columns.flatMap((column, index) =>
    column.storage.holds === 'unknown' ? [] : [stagedColumn(column, index, index === 0)],
  );
  const places = new Map(staged.map((column, place) => [column.index, place]));
  const [key, ...rest] = staged.map((column, place) => ({
    ...column,
    cell: `s.c${place}`,
    stored: `t.${column.column}`,
  }));
  if (key === undefined) throw new TypeError(`The key of ${table.name} has a type that is not known`);
  const into = [key, ...rest].map(({ column }) => column).concat(name(table.changed.name));
  const values = [key, ...rest].map(castCell).concat(clockText(table.changed.storage));
  const owner = ownerOf(table, places);
  const target = name(table.name);
  const found = `${stage} AS s INNER JOIN ${target} AS t ON ${key.stored} = ${key.cell}`;
  const insert = (output: string, where: string) =>
    `INSERT INTO ${target} (${into.join(', ')})${output} SELECT ${values.join(', ')} FROM ${stage} AS s${where}`;
  const tellInserted =
    owner && ` OUTPUT inserted.${owner.column}, inserted.${owner.column} INTO ${OWNERS} (was, is_now)`;
  const tellUpdated = owner && ` OUTPUT deleted.${owner.column}, inserted.${owner.column} INTO ${OWNERS} (was, is_now)`;
  const missing = ` WHERE NOT EXISTS (SELECT 1 FROM ${target} AS t WHERE ${key.stored} = ${key.cell})`;
  return {
    cells: staged.map(({ index, storage, length }) => ({ index, storage, length })),
    stage,
    createStage: `CREATE TABLE ${stage} (${staged.map((column, place) => `c${place} ${column.declared}`).join(', ')})`,
    insert: insert('', ''),
    insertMissing: (tellOwners) => `${insert(tellOwners ? (tellInserted ?? '') : '', missing)} OPTION (LOOP JOIN)`,
    update:
      rest.length === 0
        ? null
        : `UPDATE t SET ${into
            .map((column, at) => `${column} = ${values[at]}`)
            .slice(1)
            .join(', ')}${tellUpdated ?? ''}
FROM ${found} WHERE ${differs(rest)} OPTION (FORCE ORDER, LOOP JOIN)`,
    taken: owner && `SELECT ${key.cell} AS taken FROM ${found} WHERE t.${owner.column} <> s.c${owner.place}`,
  };
}

interface StagedColumn extends StagedCell {
  /** Quoted. */
  readonly column: string;
  readonly type: string;
  /** The type in the stage. */
  readonly declared: string;
}

/** More than any time, number or truth value needs. */
const SHORT = 64;
/** Of a clustered key, in UTF-16 units: 900 bytes. */
const MAX_KEY = 450;

function stagedColumn({ name: column, type, storage }: UpsertColumn, index: number, isKey: boolean): StagedColumn {
  const length = storage.holds === 'text' ? storage.maxLength : SHORT;
  const own = isKey ? (/ COLLATE (\w+)$/.exec(type)?.[1] ?? BINARY) : BINARY;
  const unlimited = length === null || length > 4000;
  const key = isKey && !unlimited && length <= MAX_KEY ? ' NOT NULL PRIMARY KEY' : '';
  return {
    index,
    storage,
    length: unlimited ? null : length,
    column: name(column),
    type,
    declared: `nvarchar(${unlimited ? 'max' : length}) COLLATE ${own}${key}`,
  };
}

interface JoinedColumn extends StagedColumn {
  /** In the stage. */
  readonly cell: string;
  /** In the table. */
  readonly stored: string;
}

function castCell({ storage, cell, type }: JoinedColumn): string {
  return storage.holds === 'text' ? cell : `CAST(${cell} AS ${type})`;
}

/** NULL-safe. Texts are compared by their code units, and their lengths, since blanks at the end do not count else. */
function differs(columns: readonly JoinedColumn[]): string {
  const stored = columns.flatMap((column) => {
    if (column.storage.holds !== 'text') return [column.stored];
    const text = column.type.startsWith('nvarchar') ? column.stored : `CAST(${column.stored} AS nvarchar(max))`;
    return [`${text} COLLATE ${BINARY}`, `DATALENGTH(${text})`];
  });
  const staged = columns.flatMap((column) =>
    column.storage.holds === 'text' ? [column.cell, `DATALENGTH(${column.cell})`] : [castCell(column)],
  );
  return `EXISTS (SELECT ${stored.join(', ')} EXCEPT SELECT ${staged.join(', ')})`;
}

function ownerOf({ ownerIndex, columns }: UpsertTable, places: ReadonlyMap<number, number>) {
  const place = ownerIndex === null || ownerIndex === 0 ? undefined : places.get(ownerIndex);
  if (place === undefined) return null;
  return { column: name(columns[ownerIndex ?? 0]?.name ?? ''), place };
}
