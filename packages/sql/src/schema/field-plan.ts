import type { Field } from '@dbsync/core/contract';
import { columnNameFor, derivedName, fieldKey, foldedName } from '../columns/column-names.js';
import { type ColumnSpec, UPSTREAM_COLUMNS } from '../columns/upstream-columns.js';
import type { TypeSpelling } from '../engine/sql-engine.js';
import type { ColumnDescription } from '../engine/table-description.js';
import { tableNames } from '../engine/table-names.js';
import { declaredType, spellingFor } from './declared-type.js';
import type { MappedColumn } from './mapped-field.js';
import { fitType, indexedColumns, type SchemaTarget } from './schema-plan.js';
import type { SchemaState } from './schema-state.js';
import type { SchemaStep } from './schema-steps.js';

/**
 * Plans columns for these fields of contacts, in order, as far as there is room. A field keeps its column for ever; a
 * column that another program made under the field's own name becomes the field's.
 * @param maxFields how many of them may have one
 */
export function planFields(
  state: SchemaState,
  fields: readonly Field[],
  maxFields: number,
  target: SchemaTarget,
): SchemaStep[] {
  const existing = state.descriptions.contacts?.columns ?? [];
  const { contacts } = tableNames(target.settings.tablePrefix);
  const indexed = indexedColumns('contacts', contacts, state.descriptions.contacts);
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

interface FoundTable {
  readonly existing: readonly ColumnDescription[];
  readonly indexed: ReadonlySet<string>;
  readonly mapped: ReadonlyMap<string, MappedColumn>;
  readonly taken: ReadonlySet<string>;
  readonly mayAdd: boolean;
  readonly room: number;
  readonly types: TypeSpelling;
}

function planField({ name, type }: Field, found: FoundTable, { engine, settings }: SchemaTarget): SchemaStep | null {
  const table = 'contacts';
  if (UPSTREAM_COLUMNS.contacts.some((spec) => spec.name === name)) return null;
  const mapped = found.mapped.get(name);
  const itsColumn = mapped && found.existing.find(({ name: column }) => column === mapped.column);
  const own = mapped === undefined ? ownColumn(name, found) : itsColumn;
  if (own !== undefined && engine.types.storageOf(own.type, null).holds === 'unknown') {
    return { step: 'overflow', table, field: name, why: `dbsync does not write its column of the type ${own.type}` };
  }
  if (itsColumn !== undefined) return changedType({ name, type }, itsColumn, engine);
  if (mapped === undefined && own !== undefined) {
    const column = own.name;
    const map = { field: name, column, folded: foldedApart(column, found) };
    const type = fitType(own, found.indexed, found.types, settings);
    return type === null ? { step: 'adopt', table, map } : { step: 'widen', table, column, type, map };
  }
  if (mapped === undefined && !found.mayAdd) {
    return { step: 'overflow', table, field: name, why: 'beyond the number of custom fields that get columns' };
  }
  if (found.room <= 0) return { step: 'overflow', table, field: name, why: 'the table can have no more columns' };
  const column = mapped?.column ?? columnNameFor(name, found.taken);
  const map = { field: name, column, folded: foldedName(column) };
  return { step: 'add', table, column, type: declaredType(found.types, shapeOf(type), settings.columnTypes), map };
}

/** Reports that the campaign gives a field another type. The column keeps its type for ever. */
function changedType(
  { name, type }: Field,
  { name: column, type: of }: ColumnDescription,
  engine: SchemaTarget['engine'],
) {
  if (type === 'number' || engine.types.storageOf(of, null).holds !== 'number') return null;
  const why = `the campaign has it as ${type}, and its column ${column} is of ${of === '' ? 'no declared type' : `the type ${of}`}: values that are no number go to $overflow only`;
  return { step: 'overflow', table: 'contacts', field: name, why } as const;
}

/** Finds the field's column by its own name, or by the name that was derived from it, where the map lost its row. */
function ownColumn(field: string, { existing, mapped }: FoundTable): ColumnDescription | undefined {
  const taken = new Set([...mapped.values()].map(({ column }) => column));
  const derived = derivedName(field);
  const free = existing.filter(({ name }) => !taken.has(name));
  return free.find(({ name }) => name === field) ?? free.find(({ name }) => name === derived);
}

/**
 * Folds a name, but tells columns of an earlier program apart that differ in case only: they exist, so this engine can
 * tell them apart.
 */
function foldedApart(column: string, { existing, mapped }: FoundTable): string {
  const folded = foldedName(column);
  const others = [...existing.map(({ name }) => name), ...[...mapped.values()].map((other) => other.column)];
  const isAlone = others.every((name) => name === column || foldedName(name) !== folded);
  return isAlone ? folded : `${folded} ${fieldKey(column)}`;
}

/** Chooses the kind of a column. A date has no zone and so is no instant: it stays text. */
function shapeOf(fieldType: string): Pick<ColumnSpec, 'kind' | 'former'> {
  return fieldType === 'number' ? { kind: 'number', former: 'number' } : { kind: 'text', former: 'text' };
}
