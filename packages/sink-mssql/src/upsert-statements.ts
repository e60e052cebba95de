import type { Storage, UpsertColumn, UpsertTable } from '@dbsync/sql';
import { BINARY, clockText } from './mssql-types.js';
import { name } from './statement-text.js';

export interface UpsertStatements {
  /** The cells of a row that are staged. A column of a type that dbsync does not know is left out. */
  readonly cells: readonly StagedCell[];
  readonly stage: string;
  readonly createStage: string;
  /** Fails where one of the keys is there. */
  readonly insert: string;
  readonly insertMissing: string;
  /** Leaves rows of other owners alone; null for a table of keys alone. */
  readonly update: string | null;
  /** Returns the owners of rows that the two statements above are going to write; null where rows have none. */
  readonly touched: string | null;
  /** Returns the keys of rows that belong to another owner; null where rows have none. */
  readonly taken: string | null;
}

export interface StagedCell {
  readonly index: number;
  readonly storage: Storage;
  /** The length of its column in the stage, in UTF-16 units; null: unlimited. */
  readonly length: number | null;
}

/**
 * Returns the statements: a bulk load of texts into a temporary table, then INSERT of missing rows and UPDATE of
 * changed ones. In this order no lock on ranges is needed: a row that another session inserts meanwhile is updated, or
 * makes the INSERT fail by its key. (MERGE would need such locks, and has faults of its own.) Joins start at the stage
 * and find rows by their keys, so that no row of others is locked or waited for.
 */
export function upsertStatements(table: UpsertTable, stage: string): UpsertStatements {
  const staged = table.columns
    .map(stagedColumn)
    .filter(({ storage }) => storage.holds !== 'unknown')
    .map(
      (column, columnIndex): JoinedColumn => ({ ...column, cell: `s.c${columnIndex}`, stored: `t.${column.column}` }),
    );
  const [key, ...rest] = staged;
  if (key?.index !== 0) throw new TypeError(`The key of ${table.name} has an unknown type`);
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
    createStage: `CREATE TABLE ${stage} (${staged.map(({ declared }, columnIndex) => `c${columnIndex} ${declared}`).join(', ')})`,
    insert,
    insertMissing: `${insert} WHERE ${isMissing} OPTION (LOOP JOIN)`,
    update: rest.length === 0 ? null : `UPDATE t SET ${assigned.join(', ')}\nFROM ${differing} ${FROM_STAGE}`,
    touched:
      owner &&
      `SELECT ${owner.cell} FROM ${stage} AS s WHERE ${isMissing} UNION SELECT ${owner.cell} FROM ${differing} ${FROM_STAGE}`,
    taken: owner && `SELECT ${key.cell} AS taken FROM ${found} WHERE ${owner.stored} <> ${owner.cell}`,
  };
}

/**
 * Makes a join start at the stage. The optimizer might start at the table, and lock or wait for rows that the batch
 * does not have.
 */
const FROM_STAGE = 'OPTION (FORCE ORDER, LOOP JOIN)';

interface StagedColumn extends StagedCell {
  /** The column's name, quoted. */
  readonly column: string;
  readonly type: string;
  /** The type in the stage. */
  readonly declared: string;
}

/** A length that is enough for any time, number or truth value. */
const SHORT = 64;
/** The longest clustered key, in UTF-16 units: 900 bytes. */
const MAX_KEY = 450;

/**
 * Returns a column of the stage. Each text has the collation of its column, with which it is joined. The key orders the
 * stage as the table is ordered, so that the server need not sort rows on their way.
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
  /** The cell in the stage. */
  readonly cell: string;
  /** The cell in the table. */
  readonly stored: string;
}

function castCell({ storage, cell, type }: JoinedColumn): string {
  return storage.holds === 'text' ? cell : `CAST(${cell} AS ${type})`;
}

/**
 * Returns a condition that also tells NULL apart. Texts are compared by their code units, and by their lengths, since
 * blanks at the end do not count otherwise.
 */
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
