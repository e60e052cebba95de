import type { CallOptions, Finding, SinkError, StoreLimits } from '@dbsync/core/contract';
import type { CompiledQuery, Kysely, RawBuilder } from 'kysely';
import type { ListenerKind, ServerPlace } from './foreign-server.js';
import type { Obstacle } from './obstacle.js';
import type { SessionLosses } from './session-losses.js';
import type { Cell, ColumnKind, ColumnTypes, FormerType, Storage } from './storage.js';
import type { SyncTables } from './sync-tables.js';
import type { ColumnDescription, ForeignKey, TableDescription } from './table-description.js';
import type { UpsertAnswer, UpsertBatch } from './upsert-batch.js';

/** All that differs between SQL engines, as roles. What is not here is the same for every engine, and not the engine's. */
export interface SqlEngine {
  readonly name: string;
  /** Where its server listens, and what that should be. Absent: it has none, or listens at no port. */
  readonly server?: ExpectedServer | undefined;
  /** The protection that the way to a server on another machine lacks. Absent: none, or the server is on this machine. */
  readonly exposure?: Exposure | undefined;
  readonly limits: EngineLimits;
  readonly types: EngineTypes;
  connect(options: CallOptions): Promise<EngineSession>;
  /** Classifies; a {@link SinkError} comes back as it is. Only codes decide, never messages. */
  toSinkError(error: unknown): SinkError;
  /** The code of an error that a lock of another session causes. */
  readonly busyCode: string;
  /** The code of a statement's error that a missing table or column causes. Null: such an error has no code of its own. */
  readonly schemaChangedCode: string | null;
  /** Whether `upsert` can write a table in which no unique key holds the id alone, such as a partitioned one. */
  readonly writesWithoutKey: boolean;
}

/** `plain`: nothing is encrypted; `unproven`: it is, and any server can stand at the other end. */
export type Exposure = 'plain' | 'unproven';

/** Where the server of an engine listens, and what should listen there. */
export interface ExpectedServer extends ServerPlace {
  readonly kind: ListenerKind;
}

/** A connected engine. */
export interface EngineSession {
  /** For all other queries; connects again by itself; honours `execute({ signal })`. */
  readonly db: Kysely<SyncTables>;
  readonly schema: EngineSchema;
  readonly losses: SessionLosses;
  /** Commits the batch as one transaction behind its guards, or nothing. What it cannot stage inside it stages before. */
  upsert(batch: UpsertBatch, options: CallOptions): Promise<UpsertAnswer>;
  checkHealth(options: CallOptions): Promise<readonly Finding[]>;
  /** Overwrites what deleted rows left in free pages and logs. Absent: the server alone decides when that goes. */
  scrub?(options: CallOptions): Promise<void>;
  close(): Promise<void>;
}

/** What a batch and a statement of the engine may hold. */
export interface EngineLimits extends StoreLimits {
  readonly columnsPerTable: number;
  /** So many values, however long, always fit one row; further ones of custom fields stand in its `$overflow`. */
  readonly valuesPerRow: number;
  readonly parametersPerQuery: number;
}

/** The engine's spelling of types, times and locks. */
export interface EngineTypes {
  /** A key's spelled as `describe` spells it: a table refers to another's key only where both are equal. */
  declare(kind: ColumnKind, mode: Exclude<ColumnTypes, 'dbsync2'>): string;
  /** The old client's own type, but that a key's tells every two ids apart. */
  declareFormer(type: FormerType): string;
  /** What a column of this type, as `describe` spells it, holds exactly; `kind`: what it is for, null for custom fields. */
  storageOf(type: string, kind: ColumnKind | null): Storage;
  /** The type that holds every text or, for a `key`, tells every two ids apart, when one of this type does not; else null. */
  wider(type: string, kind: ColumnKind | null): string | null;
  /** For a text column that cannot grow wider: this type as texts beside it have it; null where it is. Absent: it always is. */
  alike?(type: string): string | null;
  /** What follows the closing bracket of CREATE TABLE for such tables. Absent: what the schema says. */
  readonly tableOptions?: RawBuilder<unknown>;
  /** The spelling for tables whose texts have these types, so that all of them stay comparable. Absent: it is the same. */
  beside?(texts: readonly string[]): TypeSpelling;
  /** A cell as a parameter of a query. */
  parameter(cell: Cell, storage: Storage): unknown;
  /** Statement time in UTC, fit for a column of this storage. */
  now(storage: Storage): RawBuilder<unknown>;
  /** The same in whole milliseconds since 1970. */
  readonly clockMs: RawBuilder<number | string | bigint>;
  /** The account of the session, as the database names it; empty where the engine has none. */
  readonly databaseUser: RawBuilder<string>;
  /** What makes a SELECT keep its row as it is until the transaction ends. */
  readonly shareLock: { readonly afterTable: RawBuilder<unknown>; readonly atEnd: RawBuilder<unknown> };
  firstRows(count: number): RawBuilder<unknown>;
}

/** How an engine spells the types of columns. */
export type TypeSpelling = Pick<EngineTypes, 'declare' | 'declareFormer' | 'wider' | 'alike' | 'tableOptions'>;

/** Reading and changing tables. */
export interface EngineSchema {
  /** All tables of the one schema that we write to, ours or not. */
  listTables(options: CallOptions): Promise<readonly string[]>;
  describe(table: string, options: CallOptions): Promise<TableDescription | null>;
  /** The schema of all tables, for statements to name it. Absent: the session finds tables by their names alone. */
  readonly schemaName?: string;
  /**
   * A condition that is always true, with `and` before it. It ends each statement that changes rows, so that triggers of other
   * programs find what they name without a schema. Absent: they find it anyway.
   */
  readonly forTriggers?: RawBuilder<unknown>;
  /** A statement that ends the effect of `forTriggers`, for a transaction that goes on behind it. */
  readonly endForTriggers?: RawBuilder<unknown>;
  /** What begins a primary key of several columns of the kind `key`. */
  readonly compoundPrimaryKey: RawBuilder<unknown>;
  /** What follows the closing bracket of CREATE TABLE. */
  readonly tableOptions: RawBuilder<unknown>;
  /** Tells which errors a trigger may have caused. Absent: the server itself names the routine that an error came from. */
  readonly triggers?: EngineTriggers;
  /** What follows the type of a column in CREATE TABLE, where the type alone does not keep others' values out. */
  checkOf?(column: string, type: string): RawBuilder<unknown>;
  /** Runs one statement outside any transaction of ours; gives up after 2 s of waiting for locks (R21). */
  alter(statement: CompiledQuery, options: CallOptions): Promise<void>;
  /** Gives up a foreign key of the table; where the engine cannot, its session checks none from then on. */
  unlink(table: string, key: ForeignKey, options: CallOptions): Promise<void>;
  /** What others built on columns of this table that keeps them from getting another type. */
  obstacles(table: string, options: CallOptions): Promise<readonly Obstacle[]>;
  /** Gives columns these wider types, at once where it can; their values and keys stay. Waits for locks as `alter` does. */
  widen(table: string, columns: readonly ColumnDescription[], options: CallOptions): Promise<void>;
}

/** Triggers that other programs made, for an engine whose errors do not say that they come from one. */
export interface EngineTriggers {
  /** The codes of this engine for what a failing trigger looks like. */
  readonly suspects: ReadonlySet<string>;
  /** The triggers on these tables, such as `audit on mcall_contacts`. */
  list(tables: readonly string[], options: CallOptions): Promise<readonly string[]>;
}
