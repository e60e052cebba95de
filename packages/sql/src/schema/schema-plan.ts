import type { RowTable } from '@dbsync/core/contract';
import { foldedName } from '../columns/column-names.js';
import { isReportIndexName } from '../columns/report-indexes.js';
import { findColumn, isUpstreamField } from '../columns/table-plan.js';
import { isDispensable, keyColumn, PARENT_COLUMNS, ROW_TABLES, UPSTREAM_COLUMNS } from '../columns/upstream-columns.js';
import type { SqlEngine, TypeSpelling } from '../engine/sql-engine.js';
import type { SqlSettings } from '../engine/sql-settings.js';
import { type ColumnDescription, isIndexed, isUnique, type TableDescription } from '../engine/table-description.js';
import { type TableNames, tableNames } from '../engine/table-names.js';
import { declaredType, spellingFor } from './declared-type.js';
import { isFormerTable, lateStep } from './late-columns.js';
import { isInLoad } from './load-phase.js';
import { type MapRow, mapRowOf } from './mapped-field.js';
import type { SchemaState } from './schema-state.js';
import type { DueStep, SchemaStep } from './schema-steps.js';

export interface SchemaTarget {
  readonly engine: Pick<SqlEngine, 'types' | 'limits'>;
  readonly settings: SqlSettings;
}

/** The parts of the state on which the plan of the tables depends. */
export type PlannedTables = Pick<SchemaState, 'descriptions' | 'map'> & Partial<Pick<SchemaState, 'phase'>>;

/** Plans all that every campaign needs: the five tables, all obligatory columns, keys, indexes, wide text. */
export function planTables(state: PlannedTables, target: SchemaTarget): SchemaStep[] {
  const types = spellingFor(target.engine, target.settings, state.descriptions);
  return ROW_TABLES.flatMap((table): SchemaStep[] => {
    const description = state.descriptions[table];
    if (description === undefined) return [{ step: 'create-table', table }];
    return [
      ...movedParents(table, description, tableNames(target.settings.tablePrefix)),
      ...missingColumns(table, description, state, types, target),
      ...unfitKeys(table, description, types),
      // Keys that a first load leaves out are built when it ends.
      ...(isInLoad(state, table) ? [] : missingKeys(table, description)),
      ...narrowColumns(table, description, state, types, target.settings),
    ];
  });
}

/**
 * Plans the removal of foreign keys that followed a table of dbsync to another name or place: they would refuse each
 * row whose parent is in the table that has the name now. A key to a table that is no copy belongs to another program.
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
  { map }: PlannedTables,
  types: TypeSpelling,
  { engine, settings }: SchemaTarget,
): SchemaStep[] {
  const isFormer = isFormerTable(columns, engine.types);
  return UPSTREAM_COLUMNS[table].flatMap((spec): readonly SchemaStep[] => {
    const type = declaredType(types, spec, settings.columnTypes);
    const add = { step: 'add', table, column: spec.name, type, map: mapRowOf(spec, spec.name) } as const;
    if (spec.isLate) return lateStep(add, columns, map, isFormer);
    return findColumn(spec, columns) === undefined ? [add] : [];
  });
}

/** True for a new column, or a wider one, that rows can do without. */
export function isDispensableColumn(step: DueStep): boolean {
  if (step.step !== 'add' && step.step !== 'widen') return false;
  return UPSTREAM_COLUMNS[step.table].some((spec) => spec.name === step.column && isDispensable(spec));
}

/** Plans wider keys before keys are made unique: in a narrow key an engine may take one id for another. */
function unfitKeys(table: RowTable, { columns }: TableDescription, types: TypeSpelling): SchemaStep[] {
  return UPSTREAM_COLUMNS[table].flatMap((spec) => {
    const found = spec.kind === 'key' && !spec.isLate ? findColumn(spec, columns) : undefined;
    const type = found ? types.wider(found.type, 'key') : null;
    return found && type !== null ? [{ step: 'widen', table, column: found.name, type, map: null }] : [];
  });
}

function missingKeys(table: RowTable, description: TableDescription): SchemaStep[] {
  const { columns } = description;
  const steps: SchemaStep[] = [];
  const key = findColumn({ name: keyColumn(table) }, columns)?.name;
  if (key !== undefined && !isUnique(description, key)) {
    steps.push({ step: 'unique', table, column: key });
  }
  const parent = PARENT_COLUMNS[table];
  const column = parent && findColumn({ name: parent.column }, columns)?.name;
  if (column !== undefined && !isIndexed(description, column)) {
    steps.push({ step: 'index', table, column });
  }
  return steps;
}

/**
 * Plans wider types for texts, whatever their purpose: the old client stored times as texts, too. `$changed` is never
 * widened.
 */
function narrowColumns(
  table: RowTable,
  description: TableDescription,
  { map }: PlannedTables,
  types: TypeSpelling,
  settings: SqlSettings,
): SchemaStep[] {
  const { columns } = description;
  const asLong = indexedColumns(table, tableNames(settings.tablePrefix)[table], description);
  const steps: SchemaStep[] = [];
  const widen = (found: ColumnDescription | undefined, mapRow: MapRow | null) => {
    const type = found ? fitType(found, asLong, types, settings) : null;
    if (found && type !== null) steps.push({ step: 'widen', table, column: found.name, type, map: mapRow });
  };
  for (const spec of UPSTREAM_COLUMNS[table].filter(({ kind, isLate }) => kind !== 'key' && !isLate)) {
    const found = findColumn(spec, columns);
    if (found && spec.source.from === 'changed') asLong.add(found.name);
    widen(found, mapRowOf(spec, found?.name ?? spec.name));
  }
  for (const column of map.filter((candidate) => candidate.table === table)) {
    if (isUpstreamField(table, column.field)) continue;
    widen(
      columns.find(({ name }) => name === column.column),
      column,
    );
  }
  return steps;
}

/**
 * Returns the type that a text column needs; null: it may keep its own. `$changed` keeps its length, and so does a
 * column of an index: an engine may be unable to index more.
 */
export function fitType(
  { name, type }: ColumnDescription,
  asLong: ReadonlySet<string>,
  types: TypeSpelling,
  { columnTypes }: SqlSettings,
): string | null {
  if (!asLong.has(name) && columnTypes !== 'dbsync2') return types.wider(type, null);
  return types.alike?.(type) ?? null;
}

/** Returns the columns that an index keeps from growing: not those of dbsync's indexes for reports, which take any. */
export function indexedColumns(table: RowTable, name: string, description: TableDescription | undefined) {
  const { indexes = [], indexNames = [], uniqueKeys = [] } = description ?? {};
  const others = indexes.filter((_, at) => !isReportIndexName(table, name, indexNames[at] ?? ''));
  return new Set([...others, ...uniqueKeys].flat());
}
