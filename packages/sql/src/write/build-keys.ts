import type { BuildStep, CallOptions, Claim, RowTable, SinkError } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { keyColumn, PARENT_COLUMNS } from '../columns/upstream-columns.js';
import type { SqlContext } from '../engine/sql-context.js';
import { isIndexed, isUnique, type TableDescription } from '../engine/table-description.js';
import { tableId } from '../engine/table-id.js';
import { foreignKey, primaryKey } from '../schema/create-tables.js';
import { spellingFor } from '../schema/declared-type.js';
import { LOADED_TABLES, recordPhase } from '../schema/load-phase.js';
import { buildIndex, buildParentIndex } from '../schema/make-change.js';
import { lacksIndex, missingIndexes, parentIndex, shownIndex, type WantedIndex } from '../schema/missing-indexes.js';
import { readSchema } from '../schema/schema-state.js';
import { type BuildingSchema, removeSharers } from './shared-ids.js';

/** The options of building keys. */
export type BuildOptions = CallOptions & { readonly onStep?: (step: BuildStep) => void };

/**
 * The largest number of times that contacts are removed before one table gets its key. No load adds contacts meanwhile.
 */
const MOST_REMOVALS = 5;

/**
 * Ends a first load. Its first commit makes every write of the load fail. Then it builds all keys, indexes and foreign
 * keys that are missing, and ends the phase. It builds only parts that are missing, so the call continues after a kill,
 * and beside another process that builds as well (R20).
 *
 * @param removed gets the contacts of the claim's stream that {@link removeSharers} removed, also if the call throws
 */
export async function buildKeys(
  context: SqlContext,
  claim: Claim,
  removed: Set<string>,
  { onStep = () => {}, ...options }: BuildOptions,
): Promise<void> {
  const begun = await endLoading(context, options);
  if (begun === null) return;
  const parts = missingParts(context, begun);
  for (const [index, part] of parts.entries()) {
    const table = 'index' in part ? shownIndex(context, part.index) : context.names[part.table];
    onStep({ what: `${part.kind} of ${table}`, step: index + 1, of: parts.length });
    await buildPart({ context, begun, claim, removed }, part, options);
  }
  for (;;) {
    const { phase, version } = await readSchema(context, options);
    if (phase === null || (await recordPhase(context, version, null, options))) return;
  }
}

/**
 * Records that no more rows are written without keys. Returns the tables as they are from then on; null if no load is
 * under way.
 */
async function endLoading(context: SqlContext, options: CallOptions): Promise<BuildingSchema | null> {
  for (;;) {
    const state = await readSchema(context, options);
    const { phase } = state;
    if (phase === null) return null;
    if (phase.step === 'building') return { ...state, phase };
    await recordPhase(context, state.version, { ...phase, step: 'building' }, options);
  }
}

/** A part of a table that a first load leaves out. */
type Part =
  | KeyPart
  | { readonly kind: 'index'; readonly table: RowTable; readonly index: WantedIndex }
  | { readonly kind: 'statistics'; readonly table: RowTable };

interface KeyPart {
  readonly kind: 'key' | 'parent index' | 'foreign key';
  readonly table: (typeof LOADED_TABLES)[number];
}

/**
 * Returns the parts that are missing: keys first, since foreign keys need them, then the indexes for reports. One of
 * those may be the index by which rows find their parent. Statistics come last and are always made, since the server
 * does not report whether they cover all rows.
 */
function missingParts(context: SqlContext, { descriptions }: BuildingSchema): readonly Part[] {
  const kinds = ['key', 'parent index', 'foreign key'] as const;
  const keys = kinds
    .flatMap((kind) => LOADED_TABLES.map((table): KeyPart => ({ kind, table })))
    .filter((part) => isMissing(context, part, descriptions[part.table]));
  const parents = keys.flatMap(({ kind, table }) =>
    kind === 'parent index' ? (parentIndex(context, table, descriptions[table]?.columns ?? [])?.name ?? []) : [],
  );
  const reports = missingIndexes(context, descriptions).filter(({ name }) => !parents.includes(name));
  const counted = context.session.schema.loading?.countValues === undefined ? [] : LOADED_TABLES;
  return [
    ...keys,
    ...reports.map((index): Part => ({ kind: 'index', table: index.table, index })),
    ...counted
      .filter((table) => descriptions[table] !== undefined)
      .map((table): Part => ({ kind: 'statistics', table })),
  ];
}

function isMissing(context: SqlContext, part: Part, found: TableDescription | undefined): boolean {
  // The server counts values by itself later, so a failed count is not repeated.
  if (found === undefined || part.kind === 'statistics') return false;
  if (part.kind === 'index') return lacksIndex(context, part.index, found);
  const { names, settings } = context;
  const { kind, table } = part;
  const link = PARENT_COLUMNS[table];
  if (kind === 'key') return !isUnique(found, keyColumn(table));
  if (link === undefined) return false;
  if (kind === 'parent index') return !isIndexed(found, link.column);
  const isThere = found.foreignKeys.some((key) => key.column === link.column && key.table === names[link.parent]);
  return settings.foreignKeys && link.declared && !isThere;
}

interface Builder {
  readonly context: SqlContext;
  /** The tables as they were when the load ended. */
  readonly begun: BuildingSchema;
  readonly claim: Claim;
  readonly removed: Set<string>;
}

/** Builds the part. If it cannot be built, reports that. */
async function buildPart({ context, begun, claim, removed }: Builder, part: Part, options: CallOptions): Promise<void> {
  for (let removals = 0; ; removals += 1) {
    try {
      const reason = await add(context, part, begun, options);
      if (reason !== null) leaveOut(context, part, reason);
      return;
    } catch (error) {
      const description = await context.session.schema.describe(context.names[part.table], options);
      if (!isMissing(context, part, description ?? undefined)) return;
      const cause = context.engine.toSinkError(error);
      if (part.kind === 'key' && cause.verdict === 'refused' && removals < MOST_REMOVALS) {
        const now = await buildingNow(context, begun, options);
        const sharers = await removeSharers(context, now, part.table, claim, options);
        for (const id of sharers ?? []) removed.add(id);
        if (sharers !== null) continue;
      }
      // A job beside the copy tries an index for reports again, and reports the reason if it fails.
      if (part.kind === 'index' && !cause.connectionLost && cause.outcome !== 'unknown') return;
      if (mayPass(cause)) throw cause;
      leaveOut(context, part, cause.message);
      return;
    }
  }
}

/** Returns the tables as they are now: other processes may have added columns meanwhile. */
async function buildingNow(
  context: SqlContext,
  { phase }: BuildingSchema,
  options: CallOptions,
): Promise<BuildingSchema> {
  return { ...(await readSchema(context, options)), phase };
}

/** Adds the part. Returns the reason if rows of other programs prevent it; null: the part was added. */
async function add(
  context: SqlContext,
  part: Part,
  begun: BuildingSchema,
  options: CallOptions,
): Promise<string | null> {
  const { names, session } = context;
  const { kind, table } = part;
  if (part.kind === 'index') {
    await buildIndex(context, part.index, options);
    return null;
  }
  if (kind === 'statistics') {
    await session.schema.loading?.countValues?.(names[table], options);
    return null;
  }
  const [link, target] = [PARENT_COLUMNS[table], tableId(context, names[table])];
  if (kind === 'key') {
    await session.schema.alter(sql`alter table ${target} add ${primaryKey(table)}`.compile(session.db), options);
    return null;
  }
  if (link === undefined) return null;
  if (kind === 'parent index') {
    await buildParentIndex(context, table, begun.descriptions[table]?.columns ?? [], options);
    return null;
  }
  const parent = await session.schema.describe(names[link.parent], options);
  const types = spellingFor(context.engine, context.settings, begun.descriptions);
  const key = foreignKey(context, table, parent ?? undefined, types);
  if (key === null) return null;
  const statement = sql`alter table ${target} add ${key}`.compile(session.db);
  const addChecked = session.schema.loading?.link;
  const reason = addChecked === undefined ? null : await findOrphan(context, table, options);
  if (reason === null) await (addChecked ?? session.schema.alter)(statement, options);
  return reason;
}

/**
 * Looks for a row that names no parent, for a foreign key that the server would add without a check. Returns the reason
 * against the key; null if there is no such row.
 */
async function findOrphan(context: SqlContext, table: RowTable, { signal }: CallOptions): Promise<string | null> {
  const { engine, names, session } = context;
  const link = PARENT_COLUMNS[table];
  if (link === undefined) return null;
  const [column, key] = [sql.id(link.column), sql.id(keyColumn(link.parent))];
  const { rows } = await sql`
    select 1 as found from ${tableId(context, names[table])} child
    left join ${tableId(context, names[link.parent])} parent on parent.${key} = child.${column}
    where child.${column} is not null and parent.${key} is null order by 1 ${engine.types.firstRows(1)}`.execute(
    session.db,
    { signal },
  );
  return rows.length === 0 ? null : `a row names a ${link.column} that ${names[link.parent]} does not have`;
}

/** Returns whether the same statement may succeed later, such as after a lock or a lost connection. */
function mayPass({ verdict, outcome, connectionLost, isUnclassified }: SinkError): boolean {
  return (
    outcome === 'unknown' || connectionLost || verdict === 'fenced' || (verdict === 'retryable' && !isUnclassified)
  );
}

function leaveOut({ names, notify }: SqlContext, { kind, table }: Part, reason: string): void {
  const text = `The ${kind} of ${names[table]} cannot be built: ${reason}. The copy works without it, more slowly.`;
  notify({ level: 'warn', code: 'SQL_KEY_LEFT_OUT', message: text });
}
