import type { CallOptions, Claim } from '@dbsync/core/contract';
import { ownerMark } from '../columns/sync-proof.js';
import type { SqlContext } from '../engine/sql-context.js';
import { filledTables } from './filled-tables.js';
import { recordPhase } from './load-phase.js';
import { readSchema, type SchemaState } from './schema-state.js';

/**
 * Begins to load a first copy without keys, where no table of rows is there, or continues a load of this stream that has no
 * row yet. Returns whether the load is on (R20).
 */
export async function beginLoad(context: SqlContext, claim: Claim, options: CallOptions): Promise<boolean> {
  const { session, firstLoads } = context;
  const { loading } = session.schema;
  if (loading === undefined) return false;
  const state = await readSchema(context, options);
  const isOn =
    state.phase === null ? await begin(context, state, claim, options) : await isEmpty(context, state, claim, options);
  if (isOn) firstLoads.begun(claim);
  return isOn;
}

async function begin(context: SqlContext, state: SchemaState, { stream }: Claim, options: CallOptions) {
  if (Object.keys(state.descriptions).length > 0 || (await hasProgress(context, options))) return false;
  if (!(await context.session.schema.loading?.isPossible(options))) return false;
  return recordPhase(context, state.version, { step: 'loading', mark: ownerMark(stream) }, options);
}

async function isEmpty(context: SqlContext, state: SchemaState, { stream }: Claim, options: CallOptions) {
  const { phase } = state;
  if (phase?.step !== 'loading' || phase.mark !== ownerMark(stream)) return false;
  return (await filledTables(context, state, options)).length === 0;
}

/** True where a stream has progress: its tables were removed, and what is fetched again belongs to its copy (R16b). */
async function hasProgress({ db }: SqlContext, options: CallOptions): Promise<boolean> {
  const rows = await db.selectFrom('sync_state').select('progress').execute(options);
  return rows.some(({ progress }) => progress !== null);
}
