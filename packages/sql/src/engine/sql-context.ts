import type { RowTable, SinkNotice } from '@dbsync/core/contract';
import type { Kysely } from 'kysely';
import type { CommittedWrites } from './committed-writes.js';
import type { FirstLoads } from './first-loads.js';
import type { EngineSession, SqlEngine } from './sql-engine.js';
import type { SqlSettings } from './sql-settings.js';
import type { SyncTables } from './sync-tables.js';
import type { TableNames } from './table-names.js';

/** The things that every query of an open sink needs. */
export interface SqlContext {
  readonly engine: SqlEngine;
  readonly session: EngineSession;
  /** Names dbsync's tables without their prefix. */
  readonly db: Kysely<SyncTables>;
  /** Does the same for the renewals of claims. */
  readonly renewalDb: Kysely<SyncTables>;
  readonly names: TableNames;
  readonly settings: SqlSettings;
  readonly committedWrites: CommittedWrites;
  readonly firstLoads: FirstLoads;
  /** The number of rows of each table that were kept out by triggers of other programs so far. */
  readonly droppedRows: Map<RowTable, number>;
  readonly notify: (notice: SinkNotice) => void;
}
