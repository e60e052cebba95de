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
  readonly insertMissing: string;
  /** Leaves rows of other owners alone; null for a table of keys alone. */
  readonly update: string | null;
  /** Answers the owners of rows that the two statements above are going to write; null where rows have none. */
  readonly touched: string | null;
  /** Answers the keys of rows that belong to another owner; null where rows have none. */
  readonly taken: string | null;
}

export interface StagedCell {
  readonly index: number;
  readonly storage: Storage;
  /** Of its column in the stage, in UTF-16 units; null: unlimited. */
  readonly length: number | null;
}

/**
 * Bulk load of texts into a temporary table, then INSERT of what is missing and UPDATE of what differs. In this order no
 * lock on ranges is needed: a row that somebody else inserts meanwhile is updated, or fails the INSERT by its key. (MERGE
 * would need such locks, and has mistakes of its own.) Joins start at the stage and find rows by their keys, so that no
 * row of others is locked or waited for.
 */
export function upsertStatements(table: UpsertTable, stage: string): UpsertStatements {
  const staged = table.columns
    .map(stagedColumn)
    .filter(({ storage }) => storage.holds !== 'unknown')
    .map((column, place): JoinedColumn => ({ ...column, cell: `s.c${place}`, stored: `t.${column.column}` }));
  const [key, ...rest] = staged;
  if (key?.index !== 0) throw new TypeError(`The key of ${table.name} has a type that is not known`);
  const target = name(table.name);
  const changed = { column: name(table.changed.name), value: clockText(table.changed.storage) };
  const found = `${stage} AS s INNER JOIN ${target} AS t ON ${key.stored} = ${key.cell}`;
  const isMissing = `NOT EXISTS (SELECT 1 FROM ${target} AS t WHERE ${key.stored} = ${key.cell})`;
  const owner = ownerOf(table, staged);
  const isOurs =
    owner === null ? '' : ` AND (${owner.stored} = ${owner.cell} OR ${owner.stored} IS NULL OR ${owner.cell} IS NULL)`;
  const differing = `${found} WHERE ${differs(rest)}${isOurs}`;
  const insert = `INSERT INTO ${target} (${[...staged, changed].map(({ column }) => column).join(', ')})
SELECT ${[...staged.map(castCell), changed.value].join(', ')} FROM ${stage} AS s`;
  const assigned = [
    ...rest.map((column) => `${column.column} = ${castCell(column)}`),
    `${changed.column} = ${changed.value}`,
  ];
  return {
    cells: staged.map(({ index, storage, length }) => ({ index, storage, length })),
    stage,
    createStage: `CREATE TABLE ${stage} (${staged.map(({ declared }, place) => `c${place} ${declared}`).join(', ')})`,
    insert,
    insertMissing: `${insert} WHERE ${isMissing} OPTION (LOOP JOIN)`,
    update: rest.length === 0 ? null : `UPDATE t SET ${assigned.join(', ')}\nFROM ${differing} ${FROM_STAGE}`,
    touched:
      owner &&
      `SELECT ${owner.cell} FROM ${stage} AS s WHERE ${isMissing} UNION SELECT ${owner.cell} FROM ${differing} ${FROM_STAGE}`,
    taken: owner && `SELECT ${key.cell} AS taken FROM ${found} WHERE ${owner.stored} <> ${owner.cell}`,
  };
}

/** The optimizer might begin with the table, and lock or wait for rows that are none of ours. */
const FROM_STAGE = 'OPTION (FORCE ORDER, LOOP JOIN)';

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

/**
 * Each text has the collation of its column, with which it is joined. The key orders the stage as the table is ordered, so
 * that the server need not sort rows on their way.
 */
function stagedColumn({ name: column, type, storage }: UpsertColumn, index: number): StagedColumn {
  const isKey = index === 0;
  const length = storage.holds === 'text' ? storage.maxLength : SHORT;
  const collation = / COLLATE (\w+)$/.exec(type)?.[1] ?? BINARY;
  const unlimited = length === null || length > 4000;
  const key = isKey && !unlimited && length <= MAX_KEY ? ' NOT NULL PRIMARY KEY' : '';
  return {
    index,
    storage,
    length: unlimited ? null : length,
    column: name(column),
    type,
    declared: `nvarchar(${unlimited ? 'max' : length}) COLLATE ${collation}${key}`,
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
    column.storage.holds === 'text'
      ? [`${column.cell} COLLATE ${BINARY}`, `DATALENGTH(${column.cell})`]
      : [castCell(column)],
  );
  return `EXISTS (SELECT ${stored.join(', ')} EXCEPT SELECT ${staged.join(', ')})`;
}

function ownerOf({ ownerIndex }: UpsertTable, columns: readonly JoinedColumn[]): JoinedColumn | null {
  return (ownerIndex !== 0 && columns.find(({ index }) => index === ownerIndex)) || null;
}
