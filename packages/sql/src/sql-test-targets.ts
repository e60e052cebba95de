import {
  digits,
  type Json,
  type RowTable,
  type SinkTarget,
  type TestRow,
  type TestTargets,
} from '@dbsync/core/contract';
import { type CompiledQuery, sql } from 'kysely';
import { readOverflow } from './columns/overflow-text.js';
import type { TablePlan } from './columns/table-plan.js';
import { createCommittedWrites } from './engine/committed-writes.js';
import { createFirstLoads } from './engine/first-loads.js';
import type { SqlContext } from './engine/sql-context.js';
import type { EngineSession, SqlEngine } from './engine/sql-engine.js';
import { readSettings } from './engine/sql-settings.js';
import type { Storage } from './engine/storage.js';
import { tableId } from './engine/table-id.js';
import { tableNames } from './engine/table-names.js';
import { readSchema } from './schema/schema-state.js';
import { createTablePrefix } from './schema/table-prefix.js';

/** Reading or dropping the tables of a case ends after this time. */
const PATIENCE_MS = 60_000;

/** Creates the places for tests in a SQL database: each case has tables under a prefix of its own, which are dropped. */
export function createSqlTestTargets(engine: SqlEngine, target: SinkTarget): TestTargets {
  let connecting: Promise<EngineSession> | null = null;
  const session = () => {
    connecting ??= engine.connect(patience());
    return connecting;
  };
  return {
    contents: async (options) => (await session()).schema.listTables(options),
    createPlace: async (number) => {
      const prefix = `dbsynctest${number}_`;
      const options = { ...target.options, 'table-prefix': prefix };
      return {
        target: { address: target.address, options },
        readRows: async (table) => readRows(contextOf(engine, await session(), options), table),
        remove: async () => dropTables(await session(), prefix),
      };
    },
    close: async () => (await connecting)?.close(),
  };
}

function patience() {
  return { signal: AbortSignal.timeout(PATIENCE_MS) };
}

function contextOf(engine: SqlEngine, session: EngineSession, options: SinkTarget['options']): SqlContext {
  const settings = readSettings(options);
  const names = tableNames(settings.tablePrefix);
  const db = session.db.withPlugin(createTablePrefix(names));
  const memory = { committedWrites: createCommittedWrites(), firstLoads: createFirstLoads(), droppedRows: new Map() };
  return { engine, session, db, renewalDb: db, names, settings, ...memory, notify: () => {} };
}

/** Drops the tables of a place, those that refer to others first. */
async function dropTables(session: EngineSession, prefix: string): Promise<void> {
  const found = (await session.schema.listTables(patience())).filter((name) => name.startsWith(prefix));
  const position = (name: string) => (CHILDREN_FIRST.indexOf(name.slice(prefix.length)) + 100) % 100;
  for (const name of found.toSorted((a, b) => position(a) - position(b))) {
    const drop: CompiledQuery = sql`drop table ${tableId({ session }, name)}`.compile(session.db);
    await session.schema.alter(drop, patience());
  }
}

const CHILDREN_FIRST: readonly string[] = ['recordings', 'connections', 'transactions', 'inbound_calls', 'contacts'];

async function readRows(context: SqlContext, table: RowTable): Promise<readonly TestRow[]> {
  const plan = (await readSchema(context, patience())).plans?.[table];
  if (plan === undefined) return [];
  const { engine, session } = context;
  const cells = plan.columns.map(({ name, type, storage }, index) => {
    const cell = engine.types.readCell(sql.id(name), type, storage);
    return sql`${cell} as ${sql.id(`cell_${index}`)}`;
  });
  const query = sql<Record<string, unknown>>`select ${sql.join(cells)} from ${tableId(context, plan.name)}`;
  const { rows } = await query.execute(session.db, patience());
  return rows.map((row) => rowOf(plan, (index) => row[`cell_${index}`] ?? null));
}

function rowOf(plan: TablePlan, cellAt: (index: number) => unknown): TestRow {
  const values: Record<string, Json> = Object.create(null);
  for (const [field, { index }] of plan.fields) {
    const cell = cellAt(index);
    const storage = plan.columns[index]?.storage;
    if (cell !== null && storage !== undefined) values[field] = fieldValue(cell, storage);
  }
  Object.assign(values, readOverflow(String(cellAt(plan.overflowIndex) ?? '{}')));
  const position = (from: TablePlan['idColumns'][number]['from']) => {
    const index = plan.idColumns.find((candidate) => candidate.from === from)?.index;
    return index === undefined ? null : textOf(cellAt(index));
  };
  if (plan.rowTable === 'contacts') values.$id = position('id');
  const { contact_id: ofCall = null, ...ofRecord } = values;
  const isCall = plan.rowTable === 'inbound_calls';
  return {
    id: position('id') ?? '',
    contactId: isCall ? textOf(ofCall) : position('contactId'),
    transactionId: position('transactionId'),
    connectionId: position('connectionId'),
    values: isCall ? ofRecord : values,
  };
}

function textOf(cell: unknown): string | null {
  return cell === null ? null : String(cell);
}

/** Returns the value of a cell, as `EngineTypes.readCell` writes it. */
function fieldValue(cell: unknown, { holds }: Storage): Json {
  const text = String(cell);
  if (holds === 'boolean') return text === '1' || text === 'true';
  if (holds === 'number') return String(Number(text)) === text ? Number(text) : digits(text);
  return holds === 'instant' ? `${text.replace(' ', 'T').replace(/(?:Z|[+-]00:?00|\+00)$/, '')}Z` : text;
}
