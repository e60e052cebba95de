/** A custom field of the campaign; `type` is the upstream's `fieldType`, such as `text`, `date`, `number`. */
export interface Field {
  readonly name: string;
  readonly type: string;
}

/** One change that `declareFields` made, or would make. */
export interface SchemaChange {
  readonly table: string;
  readonly column: string;
  /** `unlink`: a reference to a table that is no part of the target any more is removed. */
  readonly change: 'create-table' | 'add' | 'widen' | 'overflow' | 'unlink';
  /** The new type; the reason, for `overflow`; the table, for `unlink`. */
  readonly to: string;
}

/** All that a start would change in a target. */
export interface PlannedChanges {
  /** True where a copy of dbsync stands, so that `readState` works. */
  readonly hasCopy: boolean;
  /** The changes, in the order in which a start makes them, and fields that get no room (`overflow`). */
  readonly changes: readonly PlannedChange[];
  /** Effects of a start that are no such change, in sentences for operators. */
  readonly effects: readonly string[];
  /** True where a start finds that rows or values were lost, as `hasLostRows` of `StreamState` then says. Absent: false. */
  readonly losesRows?: boolean;
}

/** One change that a start would make. */
export interface PlannedChange extends SchemaChange {
  /** The field that a column of another name is for. Absent: the column has the name of its field, or is for none. */
  readonly field?: string;
  /** The reason for that name. */
  readonly why?: string;
  /** An object in the way of the change. Absent: none is known. */
  readonly obstacle?: PlannedObstacle;
}

/** An object that keeps a start from making a change. */
export interface PlannedObstacle {
  /** The object, such as `view reports.calls`. */
  readonly what: string;
  /** The statement that takes it away. Null: no single one does. */
  readonly clear: string | null;
  /** True: a start ends with an error there. False: it goes on without the change. */
  readonly isFatal: boolean;
}
