import type { CallOptions, Field, SchemaChange } from '@dbsync/core/contract';
import type { CommentKeeper, CommentOwner, DueComment, FoundComment } from '../engine/engine-comments.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { SchemaState } from '../schema/schema-state.js';
import { isOwnComment } from '../words/comment-text.js';
import { type WantedTable, wantedComments } from './wanted-comments.js';

/** Keeps the comments of an open sink current. */
export interface CommentsWatch {
  /**
   * Writes the comments that differ, at the first call, and again once the tables or the fields have changed. No row depends on a
   * comment: where one cannot be written, the next start tries again, and a table that is locked is tried again at the next call.
   * @param changes made to the tables just now
   */
  check(
    context: SqlContext,
    state: SchemaState,
    fields: readonly Field[],
    changes: readonly SchemaChange[],
    options: CallOptions,
  ): Promise<void>;
}

export function createCommentsWatch(): CommentsWatch {
  let checked: string | null = null;
  return {
    async check(context, state, fields, changes, options) {
      const keeper = keeperOf(context);
      if (keeper === undefined) return;
      const wanted = wantedComments(context, keeper, state, fields);
      const key = JSON.stringify(wanted.map(({ name, comments, sameAs }) => [name, [...comments], [...sameAs]]));
      if (key === checked && changes.every(({ change }) => change === 'overflow')) return;
      checked = (await writeComments(context, keeper, wanted, options)) ? key : null;
    },
  };
}

/** Writes the comments that differ now. */
export async function keepComments(context: SqlContext, state: SchemaState, options: CallOptions): Promise<void> {
  const keeper = keeperOf(context);
  if (keeper === undefined) return;
  await writeComments(context, keeper, wantedComments(context, keeper, state, []), options);
}

/** Returns what a start would do to comments, for operators. @param changes of tables that it would make */
export async function commentEffects(
  context: SqlContext,
  state: SchemaState,
  fields: readonly Field[],
  changes: readonly SchemaChange[],
  options: CallOptions,
): Promise<readonly string[]> {
  const keeper = keeperOf(context);
  if (keeper === undefined) return [];
  const isDue =
    changes.some(({ change }) => change === 'create-table' || change === 'add') ||
    (await dueComments(context, keeper, wantedComments(context, keeper, state, fields), options)).length > 0;
  return isDue ? ['Comments that explain tables and columns are written.'] : [];
}

function keeperOf({ session }: SqlContext): CommentKeeper | undefined {
  return session.schema.comments?.keeper;
}

interface OwnerWithDue {
  readonly owner: CommentOwner;
  readonly comments: readonly DueComment[];
}

/** Returns false where another session has a lock on a table: later ones are not tried then. */
async function writeComments(
  context: SqlContext,
  keeper: CommentKeeper,
  wanted: readonly WantedTable[],
  options: CallOptions,
): Promise<boolean> {
  const { engine } = context;
  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      const cause = engine.toSinkError(error);
      if (cause.connectionLost || options.signal.aborted) throw error;
      return cause.code !== engine.busyCode;
    }
  };
  const due: OwnerWithDue[] = [];
  if (!(await attempt(async () => void due.push(...(await dueComments(context, keeper, wanted, options))))))
    return false;
  for (const { owner, comments } of due) {
    if (!(await attempt(() => keeper.write(owner, comments, options)))) return false;
  }
  return true;
}

async function dueComments(
  { names }: SqlContext,
  keeper: CommentKeeper,
  wanted: readonly WantedTable[],
  options: CallOptions,
): Promise<readonly OwnerWithDue[]> {
  const found = await keeper.read(
    wanted.map(({ name }) => name),
    options,
  );
  const contacts = wanted.find(({ name }) => name === names.contacts)?.comments;
  const ofContacts = (column: string) =>
    contacts?.get(column) ??
    found.find((each) => each.name === names.contacts && each.column === column && isOurs(each))?.comment;
  return wanted.flatMap(({ name, comments, sameAs }): OwnerWithDue[] => {
    const there = found.filter((each) => each.name === name);
    const due = there.flatMap((each): DueComment[] => {
      const comment = comments.get(each.column) ?? ofContacts(sameAs.get(each.column) ?? '\0');
      if (comment === undefined || comment === null || comment === each.comment || !mayReplace(each)) return [];
      return [{ column: each.column, comment, replaces: each.comment !== null }];
    });
    const [first] = there;
    return first === undefined || due.length === 0 ? [] : [{ owner: { name, isView: first.isView }, comments: due }];
  });
}

function isOurs({ comment }: FoundComment): boolean {
  return comment !== null && isOwnComment(comment);
}

/** Returns whether dbsync may replace the comment. A comment that a person wrote or changed stays. */
function mayReplace(found: FoundComment): boolean {
  return found.comment === null || found.comment === '' || isOurs(found);
}
