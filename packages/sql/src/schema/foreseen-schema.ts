import type { RowTable } from '@dbsync/core/contract';
import { keyColumn } from '../columns/upstream-columns.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { TableDescription } from '../engine/table-description.js';
import { declaredColumns, spellingFor } from './declared-type.js';
import { type IndexTarget, parentIndex } from './missing-indexes.js';
import type { SchemaState } from './schema-state.js';
import type { DueStep, SchemaStep } from './schema-steps.js';

type Target = Pick<SqlContext, 'engine'> & IndexTarget;

/** The steps of a start, and the tables behind them. */
export interface ForeseenSchema {
  readonly steps: readonly SchemaStep[];
  readonly state: SchemaState;
}

/**
 * Returns all steps that a start would make, and the tables as they would be: the plan is made again for the tables as its steps would leave them, until it
 * wants no more, as a start itself does.
 */
export function foreseenSchema(
  target: Target,
  state: SchemaState,
  plan: (state: SchemaState) => readonly SchemaStep[],
): ForeseenSchema {
  const steps: SchemaStep[] = [];
  const settled = new Set<string>();
  const made = new Set<RowTable>();
  for (let now = state; ; ) {
    const due = plan(now).filter((step) => !settled.has(JSON.stringify(step)));
    // A table that was made has all that it needs; only its custom columns are planned beside it, in the same round.
    const isWanted = (step: SchemaStep) => step.step !== 'overflow' && !made.has(step.table);
    const changing = due.filter(isWanted);
    if (changing.length === 0)
      return { steps: [...steps, ...due.filter(({ step }) => step === 'overflow')], state: now };
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
      return withTable(mapped, step.table, {
        ...found,
        indexes: [...found.indexes, parentIndex(target, step.table, found.columns)?.columns ?? [step.column]],
      });
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

function newTable(target: Target, { descriptions }: SchemaState, table: RowTable): TableDescription {
  const { engine, settings } = target;
  const columns = declaredColumns(spellingFor(engine, settings, descriptions), table, settings.columnTypes);
  const key = keyColumn(table);
  const link = parentIndex(target, table, columns);
  return {
    columns,
    uniqueKeys: [[key]],
    indexes: [[key], ...(link === null ? [] : [link.columns])],
    foreignKeys: [],
  };
}
