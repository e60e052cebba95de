import type { Field, RowTable } from '@dbsync/core/contract';
import { columnNameFor, derivedName, fieldKey, foldedName } from './column-names.js';
import { declaredType, spellingFor } from './declared-type.js';
import type { MappedColumn, SchemaState } from './schema-state.js';
import type { SqlEngine, TypeSpelling } from './sql-engine.js';
import type { SqlSettings } from './sql-settings.js';
import type { ColumnDescription, ForeignKey, TableDescription } from './table-description.js';
import { type TableNames, tableNames } from './table-names.js';
import { findColumn } from './table-plan.js';
import { type ColumnSpec, PARENT_COLUMNS, ROW_TABLES, UPSTREAM_COLUMNS } from './upstream-columns.js';

/** One change that the tables need; `map` is the row of the column map that goes before it. */
export type SchemaStep =
  | { readonly step: 'create-table'; readonly table: RowTable }
  | { readonly step: 'unique' | 'index'; readonly table: RowTable; readonly column: string }
  | { readonly step: 'unlink'; readonly table: RowTable; readonly column: string; readonly key: ForeignKey }
  | ColumnStep<'add'>
  | ColumnStep<'widen'>
  | { readonly step: 'adopt'; readonly table: RowTable; readonly map: MapRow }
  | { readonly step: 'overflow'; readonly table: RowTable; readonly field: string; readonly why: string };

/** A new column, or a wider type for one that is there. */
export interface ColumnStep<Step extends 'add' | 'widen'> {
  readonly step: Step;
  readonly table: RowTable;
  readonly column: string;
  readonly type: string;
  readonly map: MapRow | null;
}

export type MapRow = Pick<MappedColumn, 'field' | 'column' | 'folded'>;

export interface SchemaTarget {
  readonly engine: Pick<SqlEngine, 'types' | 'limits'>;
  readonly settings: SqlSettings;
}

/** What makes the tables fit for every campaign: all five of them, all obligatory columns, keys, indexes, wide text. */
export function planTables(state: SchemaState, target: SchemaTarget): SchemaStep[] {
  const types = spellingFor(target.engine, target.settings, state.descriptions);
  return ROW_TABLES.flatMap((table): SchemaStep[] => {
    const description = state.descriptions[table];
    if (description === undefined) return [{ step: 'create-table', table }];
    return [
      ...movedParents(table, description, tableNames(target.settings.tablePrefix)),
      ...missingColumns(table, description, types, target.settings),
      ...unfitKeys(table, description, types),
      ...missingKeys(table, description),
      ...narrowColumns(table, description, state, types, target.settings),
    ];
  });
}

/**
 * Columns for these fields of contacts, in their order, as far as there is room. What has a column keeps it for ever;
 * a column that another program made under the field's own name becomes the field's.
 * @param maxFields how many of them may have one
 */
export function planFields(
  state: SchemaState,
  fields: readonly Field[],
  maxFields: number,
  target: SchemaTarget,
): SchemaStep[] {
  const existing = state.descriptions.contacts?.columns ?? [];
  const indexed = indexedColumns(state.descriptions.contacts);
  const names = existing.length > 0 ? existing : UPSTREAM_COLUMNS.contacts;
  const taken = new Set([...names, ...UPSTREAM_COLUMNS.contacts].map(({ name }) => foldedName(name)));
  const mapped = new Map(state.map.filter(({ table }) => table === 'contacts').map((column) => [column.field, column]));
  for (const { folded } of mapped.values()) taken.add(folded);
  let room = target.engine.limits.columnsPerTable - Math.max(existing.length, UPSTREAM_COLUMNS.contacts.length);
  const types = spellingFor(target.engine, target.settings, state.descriptions);
  const steps: SchemaStep[] = [];
  for (const [position, field] of fields.entries()) {
    const step = planField(
      field,
      { existing, indexed, mapped, taken, mayAdd: position < maxFields, room, types },
      target,
    );
    if (step === null) continue;
    if (step.step === 'add') room -= 1;
    if ('map' in step && step.map !== null) taken.add(step.map.folded);
    steps.push(step);
  }
  return steps;
}

interface Place {
  readonly existing: readonly ColumnDescription[];
  readonly indexed: ReadonlySet<string>;
  readonly mapped: ReadonlyMap<string, MappedColumn>;
  readonly taken: ReadonlySet<string>;
  readonly mayAdd: boolean;
  readonly room: number;
  readonly types: TypeSpelling;
}

function planField({ name, type }: Field, place: Place, { engine, settings }: SchemaTarget): SchemaStep | null {
  const table = 'contacts';
  if (UPSTREAM_COLUMNS.contacts.some((spec) => spec.name === name)) return null;
  const mapped = place.mapped.get(name);
  const itsColumn = mapped && place.existing.find(({ name: column }) => column === mapped.column);
  const own = mapped === undefined ? ownColumn(name, place) : itsColumn;
  if (own !== undefined && engine.types.storageOf(own.type, null).holds === 'unknown') {
    return { step: 'overflow', table, field: name, why: `dbsync does not write its column of the type ${own.type}` };
  }
  if (itsColumn !== undefined) return null;
  if (mapped === undefined && own !== undefined) {
    const column = own.name;
    const map = { field: name, column, folded: foldedApart(column, place) };
    const type = fitType(own, place.indexed, place.types, settings);
    return type === null ? { step: 'adopt', table, map } : { step: 'widen', table, column, type, map };
  }
  if (mapped === undefined && !place.mayAdd) {
    return { step: 'overflow', table, field: name, why: 'beyond the number of custom fields that get columns' };
  }
  if (place.room <= 0) return { step: 'overflow', table, field: name, why: 'the table can have no more columns' };
  const column = mapped?.column ?? columnNameFor(name, place.taken);
  const map = { field: name, column, folded: foldedName(column) };
  return { step: 'add', table, column, type: declaredType(place.types, shapeOf(type), settings.columnTypes), map };
}

/** By the field's own name, or by the one that was derived from it, where the map lost its row. */
function ownColumn(field: string, { existing, mapped }: Place): ColumnDescription | undefined {
  const taken = new Set([...mapped.values()].map(({ column }) => column));
  const derived = derivedName(field);
  const free = existing.filter(({ name }) => !taken.has(name));
  return free.find(({ name }) => name === field) ?? free.find(({ name }) => name === derived);
}

/** An earlier program may have made columns that differ only in case: as they are there, they can be told apart here. */
function foldedApart(column: string, { existing, mapped }: Place): string {
  const folded = foldedName(column);
  const others = [...existing.map(({ name }) => name), ...[...mapped.values()].map((other) => other.column)];
  const isAlone = others.every((name) => name === column || foldedName(name) !== folded);
  return isAlone ? folded : `${folded} ${fieldKey(column)}`;
}

/** A date has no zone and so is no instant: it stays the text that it is. */
function shapeOf(fieldType: string): Pick<ColumnSpec, 'kind' | 'former'> {
  return fieldType === 'number' ? { kind: 'number', former: 'number' } : { kind: 'text', former: 'text' };
}

/**
 * Keys that follow a table of ours to another name or place: they would refuse each row whose parent is in the table that has
 * the name now. A key to a table that is no copy is another program's own.
 */
function movedParents(table: RowTable, { foreignKeys }: TableDescription, names: TableNames): SchemaStep[] {
  const link = PARENT_COLUMNS[table];
  if (link?.declared !== true) return [];
  const parent = foldedName(names[link.parent]);
  const moved = foreignKeys.filter(
    (key) => key.column === link.column && key.isCopy && foldedName(key.table) !== parent,
  );
  return moved.map((key) => ({ step: 'unlink', table, column: link.column, key }));
}

function missingColumns(
  table: RowTable,
  { columns }: TableDescription,
  types: TypeSpelling,
  settings: SqlSettings,
): SchemaStep[] {
  return UPSTREAM_COLUMNS[table]
    .filter((spec) => findColumn(spec, columns) === undefined)
    .map((spec) => ({
      step: 'add',
      table,
      column: spec.name,
      type: declaredType(types, spec, settings.columnTypes),
      map: mapRowOf(spec, spec.name),
    }));
}

/** Before they are made unique: an engine may take one id for another in them. */
function unfitKeys(table: RowTable, { columns }: TableDescription, types: TypeSpelling): SchemaStep[] {
  return UPSTREAM_COLUMNS[table].flatMap((spec) => {
    const found = spec.kind === 'key' ? findColumn(spec, columns) : undefined;
    const type = found ? types.wider(found.type, 'key') : null;
    return found && type !== null ? [{ step: 'widen', table, column: found.name, type, map: null }] : [];
  });
}

function missingKeys(table: RowTable, { columns, uniqueKeys, indexes }: TableDescription): SchemaStep[] {
  const steps: SchemaStep[] = [];
  const key = findColumn(UPSTREAM_COLUMNS[table][0] ?? { name: '' }, columns)?.name;
  if (key !== undefined && !uniqueKeys.some((unique) => unique.length === 1 && unique[0] === key)) {
    steps.push({ step: 'unique', table, column: key });
  }
  const parent = PARENT_COLUMNS[table];
  const column = parent && findColumn({ name: parent.column }, columns)?.name;
  if (column !== undefined && !indexes.some((index) => index[0] === column)) {
    steps.push({ step: 'index', table, column });
  }
  return steps;
}

/** Texts, whatever they are for: the old client kept times as such, too. `$changed` is never widened. */
function narrowColumns(
  table: RowTable,
  description: TableDescription,
  { map }: SchemaState,
  types: TypeSpelling,
  settings: SqlSettings,
): SchemaStep[] {
  const { columns } = description;
  const asLong = new Set(indexedColumns(description));
  const steps: SchemaStep[] = [];
  const widen = (found: ColumnDescription | undefined, mapRow: MapRow | null) => {
    const type = found ? fitType(found, asLong, types, settings) : null;
    if (found && type !== null) steps.push({ step: 'widen', table, column: found.name, type, map: mapRow });
  };
  for (const spec of UPSTREAM_COLUMNS[table].filter(({ kind }) => kind !== 'key')) {
    const found = findColumn(spec, columns);
    if (found && spec.source.from === 'changed') asLong.add(found.name);
    widen(found, mapRowOf(spec, found?.name ?? spec.name));
  }
  for (const column of map.filter((candidate) => candidate.table === table)) {
    if (UPSTREAM_COLUMNS[table].some(({ source }) => source.from === 'field' && source.field === column.field))
      continue;
    widen(
      columns.find(({ name }) => name === column.column),
      column,
    );
  }
  return steps;
}

/**
 * The type that a text column needs; null: its own. `$changed` stays as long as it is, and so does a column of an index: an
 * engine may be unable to index more.
 */
function fitType(
  { name, type }: ColumnDescription,
  asLong: ReadonlySet<string>,
  types: TypeSpelling,
  { columnTypes }: SqlSettings,
): string | null {
  if (!asLong.has(name) && columnTypes !== 'dbsync2') return types.wider(type, null);
  return types.alike?.(type) ?? null;
}

function indexedColumns(description: TableDescription | undefined): ReadonlySet<string> {
  return new Set([...(description?.indexes ?? []), ...(description?.uniqueKeys ?? [])].flat());
}

/** So that values of the field which rows have in overflow are moved into the column. */
function mapRowOf({ source }: ColumnSpec, column: string): MapRow | null {
  return source.from === 'field' ? { field: source.field, column, folded: foldedName(column) } : null;
}
