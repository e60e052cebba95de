import type { ContactTree, Fields, RowTable, SinkNotice, SinkTarget, StoreSink } from '@dbsync/core/contract';
import type { Need } from './conformance-case.js';

/** A store sink under test. */
export interface StoreSubject {
  /** Creates an empty target, for one case alone. */
  createTarget(): Promise<StoreTarget>;
}

/** The target of the sinks of one case. The case reads it without the sinks. */
export interface StoreTarget {
  /** Creates one more sink on this target, not opened yet. A case closes all that it asked for. */
  createSink(): StoreSink;
  /**
   * Returns all rows of a table as any other program would read them: never through the sink. For an outbox: the
   * contacts that were written and the records in its messages, by their ids.
   */
  readRows(table: RowTable): Promise<readonly StoredRow[]>;
  /** Removes the target. All sinks are closed by then. */
  remove(): Promise<void>;

  /** Set where it keeps no rows, but messages: it is no target for cases that need `rows`. */
  readonly keeps?: 'messages';
  /**
   * Set where it keeps each field under its name without making room first: it is no target for cases that need
   * `schema`.
   */
  readonly hasNoSchema?: true;
  /** For cases that need `process`: the same target from another process. */
  readonly plugin?: PluginInChild;
  /** For cases that need `network`: the target's server, and a sink that reaches it by another port. */
  readonly server?: ServerBehindProxy;
  /** For cases that need `notices`: returns all notices of the target's sinks so far. */
  notices?(): readonly SinkNotice[];
  /** For cases that need `damage`: the damage that another program, or an operator, may do to the target. */
  readonly damage?: TargetDamage;
  /**
   * For cases that need `obstacle`: keeps this field of contacts from getting room of its own. The function that it returns
   * takes the obstacle away.
   */
  obstruct?(field: string): Promise<() => Promise<void>>;
  /** For cases that need `erasure`: its sinks can forget contacts. */
  readonly erases?: true;
  /** For cases that need `verifying`: its sinks can compare what is stored with the campaign. */
  readonly verifies?: true;
  /** For cases that need `reporting`: its sinks keep heartbeats and return facts for operators. */
  readonly reports?: true;
  /** For cases that need `explaining`: its sinks can read what is stored of one contact. */
  readonly explains?: true;
  /** For cases that need `viewing`: its sinks can make views for reports. */
  readonly views?: true;
  /** For cases that need `summarising`: its sinks can add up calls for a report. */
  readonly summarises?: true;
  /** For cases that need `planning`: its sinks tell what a start would change (`looked.createChecker` is there too). */
  readonly plans?: true;
  /** For cases that need `bulk`: its sinks can load a first copy without keys. */
  readonly loads?: true;
  /** For cases that need `indexing`: its sinks can build indexes for reports. */
  readonly indexes?: true;
  /** For cases that need `mirroring`: its sinks can remove contacts that the campaign has no more. */
  readonly mirrors?: true;
  /** For cases that need `looking`: a sink on the target that only looks, and all that the target holds. */
  readonly looked?: LookedAt;
  /** For cases that need `refusal`: returns a contact that the sink refuses, whatever its values are. */
  refusedContact?(contactId: string): ContactTree;
  /**
   * For cases that need `snapshot`: keeps all that the target holds now, the lease and its counts included. The function
   * that it returns sets the target back to that, as an administrator restores a backup, while sinks are open and idle.
   */
  snapshot?(): Promise<() => Promise<void>>;
}

/** A target that a command only looks at. */
export interface LookedAt {
  /** Creates a sink with `onlyLooks`, not opened yet. */
  createSink(): StoreSink;
  /** Creates one with `copyMayBeMissing` as well. Absent: the sink does not know it. */
  createChecker?(): StoreSink;
  /** Returns all that the target holds, as any other program would read it: a text that is the same for the same contents. */
  contents(): Promise<string>;
}

/** Damage that is done without the sinks. */
export interface TargetDamage {
  /** Returns every part of the target that can be taken away separately, and that is not empty now. */
  parts(): Promise<readonly LosablePart[]>;
  deleteRow(table: RowTable, id: string): Promise<void>;
}

/** A part of the target that another program can take away separately. */
export interface LosablePart {
  /** The name for messages, such as `the table of contacts`. */
  readonly name: string;
  /** The part of the stream that is lost with it. */
  readonly holds: 'rows' | 'progress';
  lose(): Promise<void>;
}

/** The contents of a row, in the upstream's terms. */
export interface StoredRow {
  readonly id: string;
  /** The record above it; null where the table has no such column, or the column is empty. */
  readonly contactId: string | null;
  readonly transactionId: string | null;
  /** The parent of a connection, the connection of a recording. */
  readonly connectionId: string | null;
  /**
   * Values by the upstream's field names. Those in overflow are included and win over the column. A time is ISO 8601
   * with its zone, a boolean a boolean, a number a number or its digits. Columns of the sink's own are left out.
   */
  readonly values: Fields;
}

/** The plugin as core would load it, created by a child process that is killed. */
export interface PluginInChild extends Omit<SinkTarget, 'notify'> {
  /** The URL of the module that exports `createSink`. */
  readonly entry: string;
}

/** A server that can be reached through a proxy of the testkit, which breaks connections. */
export interface ServerBehindProxy {
  readonly host: string;
  readonly port: number;
  /** Creates a sink that connects to this port of the loopback instead. */
  createSinkAt(port: number): StoreSink;
}

/** True where the target can do what the case needs. */
export function meets(target: StoreTarget, need: Need): boolean {
  if (need === 'rows') return target.keeps !== 'messages';
  if (need === 'schema') return target.keeps !== 'messages' && target.hasNoSchema !== true;
  if (need === 'process') return target.plugin !== undefined;
  if (need === 'network') return target.server !== undefined;
  if (need === 'snapshot') return target.snapshot !== undefined;
  if (need === 'notices') return target.notices !== undefined;
  if (need === 'damage') return target.damage !== undefined;
  if (need === 'obstacle') return target.obstruct !== undefined;
  if (need === 'erasure') return target.erases === true;
  if (need === 'verifying') return target.verifies === true;
  if (need === 'reporting') return target.reports === true;
  if (need === 'explaining') return target.explains === true;
  if (need === 'viewing') return target.views === true;
  if (need === 'summarising') return target.summarises === true;
  if (need === 'planning') return target.plans === true && target.looked?.createChecker !== undefined;
  if (need === 'bulk') return target.loads === true;
  if (need === 'indexing') return target.indexes === true;
  if (need === 'mirroring') return target.mirrors === true;
  if (need === 'looking') return target.looked !== undefined;
  return target.refusedContact !== undefined;
}

/** Returns the same subject with each sink wrapped, as by core's guard: `wrapSinks(subject, guardStore)`. */
export function wrapSinks(subject: StoreSubject, wrap: (sink: StoreSink) => StoreSink): StoreSubject {
  return {
    createTarget: async () => {
      const target = await subject.createTarget();
      const { server, looked } = target;
      return {
        ...target,
        createSink: () => wrap(target.createSink()),
        ...(looked && { looked: wrapLooked(looked, wrap) }),
        ...(server && { server: { ...server, createSinkAt: (port: number) => wrap(server.createSinkAt(port)) } }),
      };
    },
  };
}

function wrapLooked(looked: LookedAt, wrap: (sink: StoreSink) => StoreSink): LookedAt {
  const { createChecker } = looked;
  return {
    ...looked,
    createSink: () => wrap(looked.createSink()),
    ...(createChecker && { createChecker: () => wrap(createChecker()) }),
  };
}
