import type { CallOptions } from '@dbsync/core/contract';
import type { RawBuilder } from 'kysely';

/** The comments of an engine on tables and columns. */
export interface EngineComments {
  /** Returns the text after the definition of a column in CREATE TABLE. Absent: columns get no comment there. */
  inColumn?(comment: string): RawBuilder<unknown>;
  /** Returns the text after the opening bracket of CREATE TABLE. Absent: a table gets no comment there. */
  atStart?(comment: string): RawBuilder<unknown>;
  /** Returns the text after the options of CREATE TABLE. Absent: a table gets no comment there. */
  atEnd?(comment: string): RawBuilder<unknown>;
  /** Absent: the engine has no comments but those in the text of its statements. */
  readonly keeper?: CommentKeeper;
}

/** Reads and writes the comments of tables and views that are there. */
export interface CommentKeeper {
  /** The number of bytes of comments with which a table can still get another column. */
  readonly maxBytesPerTable: number;
  /**
   * Lists the comments of these tables and views and of all their columns, as far as they are there and the account may
   * change their comments.
   */
  read(names: readonly string[], options: CallOptions): Promise<readonly FoundComment[]>;
  /**
   * Writes comments of one table or view, and may leave some out where it fails. It changes nothing else, copies no
   * table, and waits for locks as `alter` does.
   */
  write(owner: CommentOwner, comments: readonly DueComment[], options: CallOptions): Promise<void>;
}

export interface CommentOwner {
  readonly name: string;
  readonly isView: boolean;
}

/** The comment of a table, a view or a column, as the database has it. */
export interface FoundComment extends CommentOwner {
  /** Empty: the table or the view itself. */
  readonly column: string;
  /** Null: there is none. */
  readonly comment: string | null;
}

/** A comment to be written. */
export interface DueComment {
  readonly column: string;
  readonly comment: string;
  /** True where one is there already. */
  readonly replaces: boolean;
}
