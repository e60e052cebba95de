import { isFields, type Progress, parseJson, parseProgress, type RowTable } from '@dbsync/core/contract';
import { ROW_TABLES } from '../columns/upstream-columns.js';

/**
 * The state of the tables that a stream's progress relies on (R16b). It is stored beside the progress, in the same
 * commit. While both values are those of the tables, the rows that the progress counts on are there.
 */
export interface RowsMark {
  /** The generation of proofs; see {@link SchemaState}. */
  readonly generation: string;
  /** The tables that the stream has rows in. */
  readonly tables: readonly RowTable[];
}

export interface StoredProgress {
  readonly progress: Progress;
  /** Null: an earlier version wrote the progress. */
  readonly rows: RowsMark | null;
}

/** The key of the mark among those of the progress. Core's own keys have no `$`. */
const MARK = '$rows';

export function progressText(progress: Progress, rows: RowsMark): string {
  return JSON.stringify({ ...progress, [MARK]: rows });
}

/** Reads stored progress. Null for a cell that is no progress, such as one that another program has changed. */
export function parseStoredProgress(text: string | null): StoredProgress | null {
  const progress = text === null ? null : parseProgress(text);
  if (text === null || progress === null) return null;
  return { progress, rows: markOf(text) };
}

function markOf(text: string): RowsMark | null {
  const stored = parseJson(text);
  const mark = isFields(stored) ? stored[MARK] : undefined;
  if (mark === undefined || !isFields(mark)) return null;
  const { generation, tables } = mark;
  if (typeof generation !== 'string' || !Array.isArray(tables)) return null;
  return { generation, tables: ROW_TABLES.filter((table) => tables.includes(table)) };
}

/**
 * Returns the mark of progress that an earlier version wrote: after a full listing contacts are there, unless the
 * campaign has none.
 */
export function markOfEarlierVersion({ progress }: StoredProgress): RowsMark {
  return { generation: '', tables: progress.fullyListedFrom === null ? [] : ['contacts'] };
}
