import type { RowTable } from '@dbsync/core/contract';
import { PARENT_COLUMNS, UPSTREAM_COLUMNS } from '../columns/upstream-columns.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { TableDescription } from '../engine/table-description.js';
import { declaredType, spellingFor } from './declared-type.js';
import type { DueStep, SchemaStep } from './schema-plan.js';
import type { SchemaState } from './schema-state.js';

type Target = Pick<SqlContext, 'engine' | 'settings'>;

/**
 * Returns all steps that a start would make: the plan is made again for the tables as its steps would leave them, until it
 * wants no more, as a start itself does.
 */
export function foreseenSteps(
  target: Target,
  state: SchemaState,
  plan: (state: SchemaState) => readonly SchemaStep[],
): readonly SchemaStep[] {
  const steps: SchemaStep[] = [];
  const settled = new Set<string>();
  const made = new Set<RowTable>();
  for (let now = state; ; ) {
    const due = plan(now).filter((step) => !settled.has(JSON.stringify(step)));
    // A table that was made has all that it needs; only its custom columns are planned beside it, in the same round.
    const isWanted = (step: SchemaStep) => step.step !== 'overflow' && !made.has(step.table);
    const changing = due.filter(isWanted);
    if (changing.length === 0) return [...steps, ...due.filter(({ step }) => step === 'overflow')];
    for (const step of changing) {
      settled.add(JSON.stringify(step));
      if (step.step === 'create-table') made.add(step.table);
    }
    steps.push(...changing);
    now = changing.reduce((before, step) => after(target, before, step as DueStep), now);
  }
}

/** Returns the tables as they would be after the step. */
function after(target: Target, state: SchemaState, step: DueStep): SchemaState {
  if (step.step === 'create-table') return withTable(state, step.table, newTable(target, state, step.table));
  const mapped = 'map' in step && step.map !== null ? withRow(state, step.table, step.map) : state;
  const found = mapped.descriptions[step.table];
  if (found === undefined) return mapped;
  switch (step.step) {
    case 'add':
      return withTable(mapped, step.table, {
        ...found,
        columns: [...found.columns, { name: step.column, type: step.type }],
      });
    case 'widen': {
      const columns = found.columns.map((column) =>
        column.name === step.column ? { ...column, type: step.type } : column,
      );
      return withTable(mapped, step.table, { ...found, columns });
    }
    case 'unique':
      return withTable(mapped, step.table, {
        ...found,
        uniqueKeys: [...found.uniqueKeys, [step.column]],
        indexes: [...found.indexes, [step.column]],
      });
    case 'index':
      return withTable(mapped, step.table, { ...found, indexes: [...found.indexes, [step.column]] });
    case 'unlink':
      return withTable(mapped, step.table, {
        ...found,
        foreignKeys: found.foreignKeys.filter((key) => key !== step.key),
      });
    case 'adopt':
      return mapped;
  }
}

function withTable(state: SchemaState, table: RowTable, description: TableDescription): SchemaState {
  return { ...state, descriptions: { ...state.descriptions, [table]: description } };
}

function withRow(
  state: SchemaState,
  table: RowTable,
  row: { field: string; column: string; folded: string },
): SchemaState {
  if (state.map.some((mapped) => mapped.table === table && mapped.field === row.field)) return state;
  return { ...state, map: [...state.map, { ...row, table, filled: false }] };
}

function newTable({ engine, settings }: Target, { descriptions }: SchemaState, table: RowTable): TableDescription {
  const types = spellingFor(engine, settings, descriptions);
  const specs = UPSTREAM_COLUMNS[table];
  const key = specs[0]?.name ?? '';
  const link = PARENT_COLUMNS[table];
  return {
    columns: specs.map((spec) => ({ name: spec.name, type: declaredType(types, spec, settings.columnTypes) })),
    uniqueKeys: [[key]],
    indexes: [[key], ...(link === undefined ? [] : [[link.column]])],
    foreignKeys: [],
  };
}
