import type { RowTable } from '@dbsync/core/contract';
import type { EngineTypes, SqlEngine } from '../engine/sql-engine.js';
import type { ColumnTypes, Storage } from '../engine/storage.js';
import { type ColumnDescription, isUnique, type TableDescription } from '../engine/table-description.js';
import type { UpsertColumn, UpsertTable } from '../engine/upsert-batch.js';
import type { CellCodec } from './cell-codec.js';
import { codecOf } from './column-codec.js';
import { foldedName } from './column-names.js';
import { boundedStorage, isReportColumn } from './report-indexes.js';
import {
  type ColumnSource,
  type ColumnSpec,
  isDispensable,
  mappedField,
  UPSTREAM_COLUMNS,
} from './upstream-columns.js';

/** Maps the rows of one table to the columns that the database has. */
export interface TablePlan extends UpsertTable {
  readonly rowTable: RowTable;
  /** Columns by the upstream's name of the field. */
  readonly fields: ReadonlyMap<string, FieldColumn>;
  readonly idColumns: readonly IdColumn[];
  readonly overflowIndex: number;
  /** The largest number of cells of a row that may have a value. */
  readonly valuesPerRow: number;
  /** `$sync`; null where the table has none. */
  readonly proof: FieldColumn | null;
  /** The column of a field of the row's contact; null where the table has none. */
  readonly ofContact: ContactColumn | null;
  /** `$deleted_at`; null where the table has none. Each write of a row empties it. */
  readonly deleted: FieldColumn | null;
}

export interface FieldColumn {
  readonly index: number;
  readonly codec: CellCodec;
}

/** A column that repeats a field of the contact. */
export interface ContactColumn extends FieldColumn {
  readonly field: string;
}

export interface IdColumn extends FieldColumn {
  /** The column's name in {@link UPSTREAM_COLUMNS}. */
  readonly name: string;
  readonly from: 'id' | 'contactId' | 'transactionId' | 'connectionId';
}

/** A field and the column that it has been given. */
export interface CustomColumn {
  readonly field: string;
  readonly column: string;
}

/** The parts of a table's description that its plan is made of. */
export type DescribedTable = Pick<TableDescription, 'columns' | 'uniqueKeys' | 'droppingTriggers'> &
  Partial<Pick<TableDescription, 'indexes'>>;

/** The facts that decide how a table's columns are written. */
export interface PlanTarget extends Pick<SqlEngine, 'types' | 'limits' | 'writesWithoutKey'> {
  readonly columnTypes: ColumnTypes;
  /** True: columns of indexes for reports have one, or are to get it. */
  readonly reportIndexes: boolean;
}

/**
 * Plans one table. Null while the table lacks a column that every row needs. Values of a field without a column go into
 * overflow; so do those of a column that dbsync cannot write, because its type is unknown or the database computes it.
 *
 * @param map the table's rows of the column map
 */
export function planTable(
  rowTable: RowTable,
  name: string,
  { columns: described, uniqueKeys, indexes = [], droppingTriggers = null }: DescribedTable,
  map: readonly CustomColumn[],
  { types, limits, columnTypes, reportIndexes, writesWithoutKey }: PlanTarget,
): TablePlan | null {
  const wanted: PlannedColumn[] = [];
  // A row whose value an index does not take would be refused, also in the moment in which the index is built.
  const fitIndexes = (column: string, storage: Storage): Storage => {
    const { indexedCharacters } = types;
    if (indexedCharacters === undefined || storage.holds !== 'text' || !isReportColumn(rowTable, column))
      return storage;
    const isBounded = reportIndexes || indexes.some((index) => index.includes(column));
    return isBounded ? boundedStorage(storage, indexedCharacters) : storage;
  };
  for (const spec of UPSTREAM_COLUMNS[rowTable]) {
    const column = ownColumn(spec, described, map, types);
    if (column !== null) {
      wanted.push({ ...spec, column: { ...column, storage: fitIndexes(spec.name, column.storage) } });
    } else if (mappedField(spec) === null && !isDispensable(spec)) return null;
  }
  for (const { field, column: columnName } of map) {
    if (isUpstreamField(rowTable, field)) continue;
    const column = described.find((candidate) => candidate.name === columnName);
    const storage = column && types.storageOf(column.type, null);
    if (column === undefined || storage === undefined || storage.holds === 'unknown') continue;
    // R36: a map that another program changed may give a field the column of another one. Its values then go to
    // overflow.
    if (wanted.some((planned) => planned.column.name === column.name)) continue;
    const source = { from: 'field', field } as const;
    wanted.push({ name: field, source, column: { ...column, storage } });
  }
  const [key] = wanted;
  const lacksKey = writesWithoutKey && (key === undefined || !isUnique({ uniqueKeys }, key.column.name));
  const table = { name, rowTable, lacksKey, mayDropRows: droppingTriggers !== null };
  return assemble(table, wanted, { columnTypes, valuesPerRow: limits.valuesPerRow });
}

/** True where the field has a column of its own name, in the tables of this release at least. */
export function isUpstreamField(table: RowTable, field: string): boolean {
  return UPSTREAM_COLUMNS[table].some((spec) => mappedField(spec) === field);
}

/**
 * Finds the column of a spec that dbsync writes. Null: there is none, or it belongs to another program, or to a field of the
 * campaign that had it before dbsync had it; or it is the column of a field, and dbsync cannot write its type.
 *
 * @param map the table's rows of the column map
 */
export function ownColumn(
  spec: ColumnSpec,
  described: readonly ColumnDescription[],
  map: readonly CustomColumn[],
  { storageOf }: Pick<EngineTypes, 'storageOf'>,
): UpsertColumn | null {
  const field = mappedField(spec);
  const column = findColumn(spec, described);
  if (column === undefined || (spec.isLate && !map.some((row) => row.field === field))) return null;
  const storage = storageOf(column.type, spec.kind);
  if (field !== null && storage.holds === 'unknown') return null;
  const isMark =
    (storage.holds === 'instant' || storage.holds === 'text') && !map.some((of) => of.column === column.name);
  return isDispensable(spec) && !isMark ? null : { ...column, storage };
}

/** Finds the column of a spec: by its exact name, else by a name that the strictest engine takes for the same. */
export function findColumn(
  spec: Pick<ColumnSpec, 'name'>,
  described: readonly ColumnDescription[],
): ColumnDescription | undefined {
  const folded = foldedName(spec.name);
  return described.find(({ name }) => name === spec.name) ?? described.find(({ name }) => foldedName(name) === folded);
}

/**
 * The field that names the owner of a table's rows. Rows of these tables belong to a campaign; all others to their
 * contact.
 */
export const CAMPAIGN_FIELDS: Readonly<Partial<Record<RowTable, string>>> = {
  contacts: '$campaign_id',
  inbound_calls: 'campaign_id',
};

interface PlannedColumn extends Pick<ColumnSpec, 'name' | 'source'> {
  readonly column: UpsertColumn;
}

function assemble(
  table: Pick<TablePlan, 'name' | 'rowTable' | 'lacksKey' | 'mayDropRows'>,
  wanted: readonly PlannedColumn[],
  { columnTypes, valuesPerRow }: { readonly columnTypes: ColumnTypes; readonly valuesPerRow: number },
): TablePlan | null {
  const changed = wanted.find(({ source }) => source.from === 'changed')?.column;
  const cells = wanted.filter(({ source }) => source.from !== 'changed');
  const indexOf = (from: ColumnSource['from']) => cells.findIndex(({ source }) => source.from === from);
  if (changed === undefined) return null;
  // The old client stored the time of a change as text, and so do its tables; dbsync does that only in mode `text`.
  const isFormer = changed.storage.holds === 'text' && columnTypes !== 'text';
  const fields = new Map<string, FieldColumn>();
  const idColumns: IdColumn[] = [];
  let [proof, deleted]: [FieldColumn | null, FieldColumn | null] = [null, null];
  let ofContact: ContactColumn | null = null;
  cells.forEach(({ name, source, column }, index) => {
    const codec = codecOf(column.storage, isFormer ? 'digits' : 'json');
    if (source.from === 'field') fields.set(source.field, { index, codec });
    else if (source.from === 'contact') ofContact = { index, codec, field: source.field };
    else if (isId(source)) idColumns.push({ index, codec, name, from: source.from });
    else if (source.from === 'proof') proof = { index, codec };
    else if (source.from === 'deleted') deleted = { index, codec };
  });
  const campaignField = CAMPAIGN_FIELDS[table.rowTable];
  const ownerIndex = campaignField === undefined ? indexOf('contactId') : (fields.get(campaignField)?.index ?? -1);
  const isComparable = cells[ownerIndex]?.column.storage.holds === 'text';
  return {
    ...table,
    columns: cells.map(({ column }) => column),
    changed,
    ownerIndex: isComparable ? ownerIndex : null,
    fields,
    idColumns,
    overflowIndex: indexOf('overflow'),
    valuesPerRow,
    proof,
    ofContact,
    deleted,
  };
}

function isId(source: ColumnSource): source is Extract<ColumnSource, { from: IdColumn['from'] }> {
  return ['id', 'contactId', 'transactionId', 'connectionId'].includes(source.from);
}
