import type {
  EngineSession,
  ErrorClassifier,
  Guard,
  TableRows,
  TakenKey,
  UpsertAnswer,
  UpsertBatch,
  UpsertTable,
} from '@dbsync/sql';
import pg from 'pg';
import { type SentRequest, sendRequest } from './copy-request.js';
import { copyText } from './copy-text.js';
import { LOCK_TIMED_OUT, lockTogether, tablesOf, waitForEach } from './lock-tables.js';
import type { PostgresPool } from './postgres-pool.js';
import { NARROW_AGAIN, openedPath, qualified, type TableSchema } from './session-path.js';
import { LOCK_TIMEOUT_S } from './session-settings.js';
import { name, statementText } from './statement-text.js';
import { createUpsertStages } from './upsert-stages.js';
import { GUARD_MISSED, guarded, KEY_EXISTS, ROW_TAKEN, type UpsertCounts } from './upsert-statements.js';

/**
 * Creates the upsert. The whole batch is one request and one transaction: COPY into temporary tables, rows, statements,
 * guards. All locks that other sessions could wait for are taken after the last COPY, when the server needs nothing
 * more from this process; a guard that misses makes the request fail. So a process that is frozen at any instant holds
 * no such lock (R12).
 */
export function createUpsert(
  pool: PostgresPool,
  tableSchema: TableSchema,
  toSinkError: ErrorClassifier,
): EngineSession['upsert'] {
  const stages = createUpsertStages(tableSchema);

  const send = async (client: pg.ClientBase, batch: UpsertBatch, way: Way, locks: Locks): Promise<UpsertAnswer> => {
    const filled = batch.rows.filter(({ rows }) => rows.length > 0);
    const { before = [] } = batch;
    let request: SentRequest | undefined;
    try {
      const staged = await stages.prepare(client, filled);
      const text = [
        ...staged.map(({ copy }) => copy),
        ...lockTogether(locks.tables),
        ...before.map((query) => ownPathAfter(statementText(query))),
        ...staged.map((statements) => ownPathAfter(statements[way])),
        ...batch.statements.map((query) => ownPathAfter(statementText(query))),
        ...batch.guards.map((guard) => ownPathAfter(guardText(guard))),
        // Opens the path for triggers that are deferred until the commit.
        `SELECT ${openedPath(tableSchema)}`,
      ].join(';\n');
      const sources = filled.map(({ rows }, index) => copyText(rows, staged[index]?.cells ?? []));
      request = sendRequest(client, { text, sources });
      const results = (await request.results).filter(({ command }) => command !== 'SET' && command !== 'LOCK');
      return answerOf(batch, filled, results.slice(filled.length + before.length));
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? error.code : undefined;
      if (code === KEY_EXISTS && way === 'insert') return send(client, batch, upsertOf(batch), locks);
      if (code === GUARD_MISSED) return { committed: false, because: 'guard' };
      if (code === ROW_TAKEN)
        return { committed: false, because: 'owner', taken: await takenKeys(client, tableSchema, filled) };
      if (code === LOCK_TIMED_OUT && performance.now() < locks.untilMs) {
        await waitForEach(client, locks.tables).catch((late) => {
          throw toSinkError(late, 'not-committed');
        });
        return send(client, batch, way, locks);
      }
      throw toSinkError(error, request?.isComplete() ? 'unknown' : 'not-committed');
    }
  };

  return (batch, { signal }) =>
    pool.use(signal, (client) => {
      const locks = { tables: tablesOf(tableSchema, batch), untilMs: performance.now() + 1_000 * LOCK_TIMEOUT_S };
      return send(client, batch, batch.seemsNew ? 'insert' : upsertOf(batch), locks);
    });
}

/** The tables that a batch locks, and the time until which it waits for them. */
interface Locks {
  readonly tables: readonly string[];
  /** By the monotonic clock. */
  readonly untilMs: number;
}

/** Appends a statement that ends the triggers' own path. */
function ownPathAfter(statement: string): string {
  return `${statement};\n${NARROW_AGAIN}`;
}

type Way = 'insert' | 'upsert' | 'upsertTellingOwners';

function upsertOf({ watched }: UpsertBatch): Way {
  return watched.size > 0 ? 'upsertTellingOwners' : 'upsert';
}

function guardText({ query, meets }: Guard): string {
  const text = statementText(query);
  return guarded(meets === 'changed' ? `${text} RETURNING 1` : text);
}

/** Reads the answer. `results` begin with those of the upserts, in the order of the tables. */
function answerOf(batch: UpsertBatch, tables: readonly TableRows[], results: readonly pg.QueryResult[]): UpsertAnswer {
  let [inserted, updated, unchanged] = [0, 0, 0];
  const touched = new Set<string>();
  const dropped = new Map<UpsertTable, number>();
  for (const [index, { table, rows }] of tables.entries()) {
    const counts = results[index]?.rows[0] as UpsertCounts;
    inserted += Number(counts.inserted);
    updated += Number(counts.updated);
    unchanged += rows.length - Number(counts.inserted) - Number(counts.updated);
    if (Number(counts.dropped ?? 0) > 0) dropped.set(table, Number(counts.dropped));
    for (const owner of counts.owners ?? []) if (owner !== null && batch.watched.has(owner)) touched.add(owner);
  }
  return { committed: true, inserted, updated, unchanged, touched, dropped };
}

/** Reads the keys of rows that belong to other owners, only after the upsert has failed because of them. */
async function takenKeys(
  client: pg.ClientBase,
  tableSchema: TableSchema,
  tables: readonly TableRows[],
): Promise<readonly TakenKey[]> {
  const taken: TakenKey[] = [];
  for (const { table, rows } of tables) {
    const { ownerIndex } = table;
    if (ownerIndex === null || ownerIndex === 0) continue;
    const ownerOf = new Map(Array.from(rows, (row) => [row[0], row[ownerIndex]]));
    const stored = await storedOwners(client, tableSchema, table, [...ownerOf.keys()]);
    for (const { key, owner } of stored) if (owner !== null && owner !== ownerOf.get(key)) taken.push({ table, key });
  }
  return taken;
}

interface StoredOwner {
  readonly key: string;
  readonly owner: string | null;
}

async function storedOwners(
  client: pg.ClientBase,
  { schema }: TableSchema,
  table: UpsertTable,
  keys: readonly unknown[],
) {
  const [key = '', owner = ''] = [0, table.ownerIndex ?? 0].map((index) => name(table.columns[index]?.name ?? ''));
  const text = `SELECT ${key} AS key, ${owner} AS owner FROM ${qualified(schema, table.name)} WHERE ${key} = ANY($1)`;
  return (await client.query<StoredOwner>(text, [keys])).rows;
}
