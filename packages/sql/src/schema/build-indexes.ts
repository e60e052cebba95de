import type { CallOptions, IndexesBuilt, IndexingOptions, SinkError } from '@dbsync/core/contract';
import { type CompiledQuery, sql } from 'kysely';
import type { BuildIndex, EngineIndexing } from '../engine/engine-indexing.js';
import type { SqlContext } from '../engine/sql-context.js';
import { tableId } from '../engine/table-id.js';
import { explainDenied } from './denied-rights.js';
import { lacksIndex, missingIndexes, shownIndex, type WantedIndex } from './missing-indexes.js';
import { readSchema } from './schema-state.js';

/**
 * The largest number of rows of a table that gets its indexes beside the copy although writes wait for each build, about
 * a second. A larger table gets them while no write is under way.
 */
const MOST_ROWS_BESIDE_WRITES = 1_000_000;

/** An index that could not be built, and the reason. */
interface LeftIndex {
  readonly index: WantedIndex;
  readonly reason: string;
  /** True where another session has a lock: that passes by itself. */
  readonly isLocked: boolean;
  /** True where a row has a value that the index does not take. */
  readonly isValue: boolean;
}

/**
 * Builds the indexes for reports that the tables lack (R39), one after the other. While a first copy is loaded there are none
 * to build: the end of the load builds them with its keys.
 */
export async function buildIndexes(
  context: SqlContext,
  { whileIdle = false, onStep = () => {}, ...options }: IndexingOptions,
): Promise<IndexesBuilt> {
  const { session, settings } = context;
  const { indexing } = session.schema;
  if (indexing === undefined || !settings.reportIndexes) return { built: [], isLeft: false };
  const state = await readSchema(context, options);
  if (state.phase !== null) return { built: [], isLeft: true };
  const missing = missingIndexes(context, state.descriptions);
  if (missing.length === 0) return { built: [], isLeft: false };
  const building = { context, indexing, onStep, whileIdle, options };
  return (await indexing.alone(options, (build) => buildEach(building, missing, build))) ?? { built: [], isLeft: true };
}

interface Building {
  readonly context: SqlContext;
  readonly indexing: EngineIndexing;
  readonly onStep: NonNullable<IndexingOptions['onStep']>;
  readonly whileIdle: boolean;
  readonly options: CallOptions;
}

async function buildEach(
  building: Building,
  missing: readonly WantedIndex[],
  build: BuildIndex,
): Promise<IndexesBuilt> {
  const { context, indexing, onStep, whileIdle, options } = building;
  const { engine, names, session } = context;
  const built: string[] = [];
  const left: LeftIndex[] = [];
  const holdsUpWrites = !whileIdle && indexing.holdsUpWrites();
  for (const [at, index] of missing.entries()) {
    const tooLarge = holdsUpWrites ? await tooManyRows(context, index, options) : null;
    if (tooLarge !== null) {
      left.push({ index, reason: tooLarge, isLocked: false, isValue: false });
      continue;
    }
    onStep({ what: `index of ${shownIndex(context, index)}`, step: at + 1, of: missing.length });
    try {
      const statementFor = (name: string, isSmall = false) => indexStatement(context, indexing, index, name, isSmall);
      await build(names[index.table], index.name, statementFor);
      built.push(shownIndex(context, index));
    } catch (error) {
      options.signal.throwIfAborted();
      const cause = await explainDenied(context, engine.toSinkError(error), false, options);
      if (cause.connectionLost) return { built, isLeft: true };
      // Another process may have built it meanwhile.
      if (!lacksIndex(context, index, await session.schema.describe(names[index.table], options))) continue;
      const [isLocked, isValue] = [cause.code === engine.busyCode, cause.verdict === 'refused'];
      left.push({ index, reason: reasonOf(cause), isLocked, isValue });
    }
  }
  tellLeft(context, indexing, left);
  return { built, isLeft: left.length > 0 };
}

function indexStatement(
  context: SqlContext,
  indexing: EngineIndexing,
  { table, parts }: WantedIndex,
  name: string,
  isSmall: boolean,
): CompiledQuery {
  const statement = { name: sql.id(name), table: tableId(context, context.names[table]), parts: sql.join(parts) };
  return indexing.statement(statement, isSmall).compile(context.session.db);
}

/** Returns the reason against a build that writes wait for; null: there is none. */
async function tooManyRows(
  { names, session }: SqlContext,
  { table }: WantedIndex,
  options: CallOptions,
): Promise<string | null> {
  const rows = await session.schema.estimateRows(names[table], options);
  if (rows === null || rows <= MOST_ROWS_BESIDE_WRITES) return null;
  return `the table has about ${rows} rows, and here writes wait for a build. The next db_init or db_update builds it at its end`;
}

function reasonOf({ message }: SinkError): string {
  return message.replace(/[.\s]+$/, '');
}

/** Reports indexes that were not built: one notice for all of a table that have the same reason. */
function tellLeft(context: SqlContext, indexing: EngineIndexing, left: readonly LeftIndex[]): void {
  const groups = Object.groupBy(left, ({ index, reason }) => JSON.stringify([index.table, reason]));
  for (const group of Object.values(groups)) {
    const [first] = group ?? [];
    if (group === undefined || first === undefined) continue;
    const named = group.map(({ index }) => shownIndex(context, index)).join(', ');
    const statements = group.map(({ index }) => `${indexStatement(context, indexing, index, index.name, false).sql};`);
    const values = group.some(({ isValue }) => isValue)
      ? ' A row has a longer text than an index takes: db_init --again moves such texts to $overflow.'
      : '';
    const message = `Indexes for reports not built: ${named} (${first.reason}).${values} Reports read longer without them; the copy is not affected. dbsync tries again later. The owner of the tables can build them: ${statements.join(' ')}`;
    context.notify({ level: first.isLocked ? 'info' : 'warn', code: 'SQL_INDEX_NOT_BUILT', message });
  }
}
