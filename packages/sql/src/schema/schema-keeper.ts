import { type Batch, type CallOptions, type Field, type SchemaChange, SinkError } from '@dbsync/core/contract';
import type { TablePlans } from '../columns/batch-rows.js';
import type { SqlContext } from '../engine/sql-context.js';
import { planFields } from './field-plan.js';
import { voidLostProofs } from './lost-parts.js';
import { changeOf, changeSchema, type SchemaPlan } from './schema-change.js';
import { planTables } from './schema-plan.js';
import { type ReadySchema, readSchema, type SchemaState } from './schema-state.js';

/** The state of the tables of an open sink. All changes of tables go through here. */
export interface SchemaKeeper {
  declareFields(
    fields: readonly Field[],
    options: CallOptions & { readonly dryRun?: boolean },
  ): Promise<readonly SchemaChange[]>;
  /** Returns the tables, with a column for each `$` field that the batch has and there is room for. */
  fitFor(batch: Batch, options: CallOptions): Promise<ReadySchema>;
  /** Reads the tables as they are. */
  current(options: CallOptions): Promise<SchemaState>;
  /** Returns the tables as the last call read them; null: they must be read again. */
  remembered(): Promise<SchemaState> | null;
  /** Forgets the tables: the next call reads them again. */
  forget(): void;
}

/** The most columns for `$` fields of bodies, beside the known ones; further fields go to overflow. */
const MAX_DOLLAR_COLUMNS = 100;

/** @param onDeclared called when all tables are there */
export function createSchemaKeeper(context: SqlContext, onDeclared: () => void): SchemaKeeper {
  const target = { engine: context.engine, settings: context.settings };
  /** The `$` fields that have a column, or cannot have one for now. */
  const asked = new Set<string>();
  let known: Promise<SchemaState> | null = null;
  let change: Promise<unknown> = Promise.resolve();

  const current = (options: CallOptions): Promise<SchemaState> => {
    known ??= readSchema(context, options).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };

  const apply = (
    plan: SchemaPlan,
    options: CallOptions,
    before: () => Promise<SchemaState | null> = async () => null,
  ): Promise<readonly SchemaChange[]> => {
    const done = change.then(before).then((first) => changeSchema(context, plan, first, options));
    change = done.then(({ state }) => {
      known = Promise.resolve(state);
    }, forget);
    return done.then(({ changes }) => changes);
  };

  const forget = () => {
    known = null;
  };

  return {
    current,
    remembered: () => known,
    forget,

    async declareFields(fields, options) {
      const plan: SchemaPlan = (state) => [
        ...planTables(state, target),
        ...planFields(state, fields, context.settings.maxCustomFields, target),
      ];
      asked.clear();
      if (options.dryRun) return plan(await readSchema(context, options)).map((step) => changeOf(context, step));
      const changes = await apply(plan, options, () => voidLostProofs(context, options));
      await change;
      onDeclared();
      return changes;
    },

    async fitFor(batch, options) {
      const state = ready(await current(options));
      const fields = dollarFields(batch, state.plans).filter((name) => !asked.has(name));
      if (fields.length === 0 || roomForDollars(state) === 0) return state;
      await apply((now) => planFields(now, fields.map(textField), roomForDollars(now), target), options);
      for (const name of fields) asked.add(name);
      await change;
      return ready(await current(options));
    },
  };
}

/** Returns `$` fields of contacts that have no column. */
function dollarFields({ contacts }: Batch, plans: TablePlans): string[] {
  const names = new Set<string>();
  for (const { values } of contacts) {
    for (const name of Object.keys(values)) {
      if (name.startsWith('$') && name !== '$task_log' && !plans.contacts.fields.has(name)) names.add(name);
    }
  }
  return [...names].filter((name) => !plans.contacts.columns.some((column) => column.name === name)).sort();
}

function roomForDollars({ map }: SchemaState): number {
  const used = map.filter(({ table, field }) => table === 'contacts' && field.startsWith('$')).length;
  return Math.max(0, MAX_DOLLAR_COLUMNS - used);
}

function textField(name: string): Field {
  return { name, type: 'text' };
}

function ready(state: SchemaState): ReadySchema {
  const { plans } = state;
  if (plans !== null) return { ...state, plans };
  throw new SinkError('SQL_TABLES_MISSING', 'The tables lack columns that every row needs: declareFields comes first', {
    verdict: 'fatal',
    outcome: 'not-committed',
  });
}
