import type { CallOptions, Finding, SinkConnections, SinkError, SinkNotice, StoreLimits } from '@dbsync/core/contract';
import type { CompiledQuery, Kysely, RawBuilder } from 'kysely';
import type { EngineComments } from './engine-comments.js';
import type { EngineIndexing } from './engine-indexing.js';
import type { EngineRights } from './engine-rights.js';
import type { ViewDialect, ViewKeeper } from './engine-views.js';
import type { ListenerKind, ServerAddress } from './foreign-server.js';
import type { Obstacle } from './obstacle.js';
import type { SessionLosses } from './session-losses.js';
import type { Cell, ColumnKind, ColumnTypes, FormerType, Storage } from './storage.js';
import type { SyncTables } from './sync-tables.js';
import type { ColumnDescription, ForeignKey, TableDescription } from './table-description.js';
import type { UpsertAnswer, UpsertBatch } from './upsert-batch.js';

/** All differences between SQL engines, as roles. Everything else is the same for every engine. */
export interface SqlEngine {
  readonly name: string;
  /** The address of its server, and the kind of server that should be there. Absent: it has no server, or no port. */
  readonly server?: ExpectedServer | undefined;
  /**
   * The protection that the connection to a server on another machine lacks. Absent: none, or the server is on this
   * machine.
   */
  readonly exposure?: Exposure | undefined;
  /** Returns a notice for each other unsafe thing about the target, before it is opened. Absent: there is none. */
  warnings?(): readonly SinkNotice[];
  readonly limits: EngineLimits;
  /** The connections that it may open, where its server allows a number of them. */
  readonly connections?: SinkConnections;
  readonly types: EngineTypes;
  /** The expressions of views for reports. Absent: it makes no such views. */
  readonly viewDialect?: ViewDialect;
  connect(options: CallOptions): Promise<EngineSession>;
  /** Classifies an error; a {@link SinkError} comes back as it is. Only codes decide, never messages. */
  toSinkError(error: unknown): SinkError;
  /** The code of an error that is caused by a lock of another session. */
  readonly busyCode: string;
  /**
   * The code of a statement's error that is caused by a missing table or column. Null: such an error has no code of its
   * own.
   */
  readonly schemaChangedCode: string | null;
  /** True where `upsert` can write a table in which no unique key holds the id alone, such as a partitioned one. */
  readonly writesWithoutKey: boolean;
  /** True where the schema of its sessions has `loading`. */
  readonly loadsFirstCopy?: true;
}

/** `plain`: the connection is not encrypted; `unproven`: it is encrypted, but any server may be at the other end. */
export type Exposure = 'plain' | 'unproven';

/** The address of an engine's server, and the kind of server that should be there. */
export interface ExpectedServer extends ServerAddress {
  readonly kind: ListenerKind;
}

/** A connected engine. */
export interface EngineSession {
  /** Runs all other queries; connects again by itself; honours `execute({ signal })`. */
  readonly db: Kysely<SyncTables>;
  /** Runs the renewals of claims, which wait for no slow query of `db`. Absent: `db` does. */
  readonly renewalDb?: Kysely<SyncTables>;
  readonly schema: EngineSchema;
  readonly losses: SessionLosses;
  /** Effects of a start beside the tables, for operators, where the sink only plans. Absent: none. */
  readonly startEffects?: readonly string[];
  /**
   * Commits the batch as one transaction behind its guards, or commits nothing. If it cannot stage data within the transaction, it stages
   * them before the transaction begins.
   */
  upsert(batch: UpsertBatch, options: CallOptions): Promise<UpsertAnswer>;
  checkHealth(options: HealthOptions): Promise<readonly Finding[]>;
  /** Overwrites the data of deleted rows in free pages and logs. Absent: the server decides when that happens. */
  scrub?(options: CallOptions): Promise<void>;
  close(): Promise<void>;
}

/** The call of a health check. */
export interface HealthOptions extends CallOptions {
  /**
   * The tables of a copy that is whole: rights on each of them suffice for writing, and the right to make tables is not
   * needed until a later version adds some. Empty or absent: there is no copy yet.
   */
  readonly copyTables?: readonly string[];
  /** The connections that all campaigns of one file may open to the server. Absent: the sink has them alone. */
  readonly connections?: number;
}

/** The limits of a batch and of a statement of the engine. */
export interface EngineLimits extends StoreLimits {
  readonly columnsPerTable: number;
  /** The number of values that fit one row at any length. Further values of custom fields go to its `$overflow`. */
  readonly valuesPerRow: number;
  readonly parametersPerQuery: number;
}

/** The engine's spelling of types, times and locks. */
export interface EngineTypes {
  /**
   * Returns a type. A key's type is spelled as `describe` spells it: a foreign key is declared only where both are
   * equal.
   */
  declare(kind: ColumnKind, mode: Exclude<ColumnTypes, 'dbsync2'>): string;
  /** Returns the old client's own type; but a key's type tells any two ids apart. */
  declareFormer(type: FormerType): string;
  /**
   * Returns the values that a column of this type, as `describe` spells it, holds exactly. `kind`: its purpose; null
   * for custom fields.
   */
  storageOf(type: string, kind: ColumnKind | null): Storage;
  /**
   * Returns a wider type: one that holds every text or, for a `key`, tells any two ids apart. Null where this type
   * already does.
   */
  wider(type: string, kind: ColumnKind | null): string | null;
  /**
   * For a text column that cannot grow wider: returns this type as neighbouring texts have it; null where it already
   * is. Absent: it always is.
   */
  alike?(type: string): string | null;
  /** The text after the closing bracket of CREATE TABLE for such tables. Absent: the schema's own. */
  readonly tableOptions?: RawBuilder<unknown>;
  /**
   * Returns the spelling for tables whose texts have these types, so that all of them stay comparable. Absent: the same
   * spelling.
   */
  beside?(texts: readonly string[]): TypeSpelling;
  /** Returns a cell as a parameter of a query. */
  parameter(cell: Cell, storage: Storage): unknown;
  /**
   * A cell as it is read for a comparison, whatever driver reads it: text as it is; a time in UTC as `2026-01-02T03:04:05.678`,
   * with or without zeros and a zone behind; a number in decimal digits; a truth value as `1`, `0`, `true` or `false`.
   */
  readCell(column: RawBuilder<unknown>, type: string, storage: Storage): RawBuilder<unknown>;
  /** Returns the statement's time in UTC, for a column of this storage. */
  now(storage: Storage): RawBuilder<unknown>;
  /** The statement's time in whole milliseconds since 1970. */
  readonly clockMs: RawBuilder<number | string | bigint>;
  /** The account of the session, as the database names it; empty where the engine has none. */
  readonly databaseUser: RawBuilder<string>;
  /** The words that make a SELECT keep its row unchanged until the transaction ends. */
  readonly shareLock: { readonly afterTable: RawBuilder<unknown>; readonly atEnd: RawBuilder<unknown> };
  firstRows(count: number): RawBuilder<unknown>;
  /** The most characters of a text that an index takes. A row with a longer one would be refused. Absent: any number. */
  readonly indexedCharacters?: number;
  /** Returns the size of a text in bytes; it need not be exact. Absent: `octet_length(column)`. */
  byteLength?(column: RawBuilder<unknown>): RawBuilder<unknown>;
}

/** The spelling that an engine has for the types of columns. */
export type TypeSpelling = Pick<EngineTypes, 'declare' | 'declareFormer' | 'wider' | 'alike' | 'tableOptions'>;

/** Reads and changes tables. */
export interface EngineSchema {
  /** Lists all tables of the one schema that dbsync writes to, its own and others. */
  listTables(options: CallOptions): Promise<readonly string[]>;
  describe(table: string, options: CallOptions): Promise<TableDescription | null>;
  /** Returns about how many rows a large table has, without counting them. Null: the engine does not know. */
  estimateRows(table: string, options: CallOptions): Promise<number | null>;
  /** The schema of all tables, for statements to name it. Absent: the session finds tables by their names alone. */
  readonly schemaName?: string;
  /**
   * A condition that is always true, with `and` before it. It ends each statement that changes rows, so that triggers
   * of other programs find tables that they name without a schema. Absent: they find them anyway.
   */
  readonly forTriggers?: RawBuilder<unknown>;
  /** A statement that ends the effect of `forTriggers`, for a transaction that continues after it. */
  readonly endForTriggers?: RawBuilder<unknown>;
  /** The beginning of a primary key of several columns of the kind `key`. */
  readonly compoundPrimaryKey: RawBuilder<unknown>;
  /** The text after the closing bracket of CREATE TABLE. */
  readonly tableOptions: RawBuilder<unknown>;
  /** Explains tables and columns to people. Absent: the engine has no comments. */
  readonly comments?: EngineComments;
  /** Makes views for reports. Absent where the engine has no {@link SqlEngine.viewDialect}. */
  readonly views?: ViewKeeper;
  /** Tells which errors a trigger may have caused. Absent: the server itself names the routine that an error came from. */
  readonly triggers?: EngineTriggers;
  /**
   * Returns the text after the type of a column in CREATE TABLE, where the type alone does not keep other values out.
   */
  checkOf?(column: string, type: string): RawBuilder<unknown>;
  /** Runs one statement outside any transaction of dbsync; gives up after 2 s of waiting for locks (R21). */
  alter(statement: CompiledQuery, options: CallOptions): Promise<void>;
  /** Removes a foreign key of the table; where the engine cannot, its session checks no foreign keys from then on. */
  unlink(table: string, key: ForeignKey, options: CallOptions): Promise<void>;
  /** Builds indexes for reports (R39). Absent: the engine gets none. */
  readonly indexing?: EngineIndexing;
  /** Loads a first copy without keys (R20). Absent: the engine always writes rows into tables that are whole. */
  readonly loading?: EngineLoading;
  /** Lists objects of other programs that keep these columns from getting another type. */
  obstacles(table: string, options: CallOptions): Promise<readonly Obstacle[]>;
  /** Knows the rights on single tables. Absent: they are those on the database or schema, which `checkHealth` of the session checks. */
  readonly rights?: EngineRights;
  /**
   * Gives columns these wider types, in one statement where it can; their values and keys stay. Waits for locks as
   * `alter` does. Where the engine changes no column that a view shows, it drops those of `ownViews` and makes them again,
   * with their grants, in the same transaction.
   */
  widen(
    table: string,
    columns: readonly ColumnDescription[],
    options: CallOptions & { readonly ownViews?: readonly string[] },
  ): Promise<void>;
}

/** The ways in which an engine loads a first copy, whose keys are built at the end. */
export interface EngineLoading {
  /**
   * True: primary keys and foreign keys are built at the end too, so that `upsert` writes tables without any key. False: only
   * indexes are, since the engine cannot add keys.
   */
  readonly defersKeys: boolean;
  /**
   * Returns an expression that divides the values of a text column into this number of shares, numbered from 0 on, so that
   * a table without keys can be read in parts. Absent where `defersKeys` is false.
   */
  share?(column: RawBuilder<unknown>, shares: number): RawBuilder<unknown>;
  /** Returns whether the server takes tables without keys. */
  isPossible(options: CallOptions): Promise<boolean>;
  /** Adds a foreign key that dbsync has checked, as `alter` does. Absent: `alter` adds it, and the server checks all rows. */
  link?(statement: CompiledQuery, options: CallOptions): Promise<void>;
  /**
   * Counts the values of a loaded table, by which the server finds out that an index is cheaper than the whole table. Absent
   * where the server counts them while it builds the indexes.
   */
  countValues?(table: string, options: CallOptions): Promise<void>;
}

/** The triggers of other programs, for an engine whose errors do not say that a trigger caused them. */
export interface EngineTriggers {
  /** The codes of errors that a failing trigger may cause. */
  readonly suspects: ReadonlySet<string>;
  /** Lists the triggers on these tables, such as `audit on mcall_contacts`. */
  list(tables: readonly string[], options: CallOptions): Promise<readonly string[]>;
}
