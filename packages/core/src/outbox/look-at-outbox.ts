import { existsSync } from 'node:fs';
import { type Progress, parseProgress, type Stream } from '../contract/index.js';
import { SCHEMA_VERSION } from './file/outbox-schema.js';
import { opening, openToRead, versionOf } from './file/state-file.js';
import { readText, type StoredText, storeText } from './file/stored-text.js';

/** The contents of a state file that decide how a start of deliveries goes on. */
export interface OutboxLook {
  /** True: an earlier version of dbsync made the file, and a start adds what it lacks. */
  readonly isOfEarlierVersion: boolean;
  /** The campaign that the file belongs to. Null: none yet. */
  readonly campaign: Stream | null;
  /** The recorded receiver, its origin and a digest of its path. Null: none yet. */
  readonly target: string | null;
  /** The plan of the last claim. Null: none. */
  readonly plan: string | null;
  readonly progress: Progress | null;
  /**
   * The instant of the start, ISO 8601: transactions that were fired before it are not sent. Null: there is no such
   * instant.
   */
  readonly start: string | null;
  /** Messages that wait. */
  readonly messages: number;
}

/**
 * Reads a state file and changes nothing, not even its version. Returns null if there is no file, or if it is empty.
 *
 * @throws the `SinkError` of a start, for a file that a start refuses
 */
export function lookAtOutbox(file: string, campaign: Stream): OutboxLook | null {
  if (!existsSync(file)) return null;
  return opening(file, () => look(file, campaign));
}

/**
 * Returns whether the state file has contents. Returns true also if they cannot be read, and a start then reports that.
 */
export function hasOutbox(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    using db = openToRead(file);
    return versionOf(db, file) > 0;
  } catch {
    return true;
  }
}

function look(file: string, campaign: Stream): OutboxLook | null {
  using db = openToRead(file);
  const version = versionOf(db, file);
  if (version === 0) return null;
  const own = db.prepare('SELECT * FROM streams WHERE stream = ?').get(storeText(campaign));
  const row = (own ?? db.prepare('SELECT * FROM streams ORDER BY nr').get()) as Partial<StoredRow> | undefined;
  const target = db.prepare('SELECT target FROM targets').get()?.target as StoredText | null | undefined;
  return {
    isOfEarlierVersion: version < SCHEMA_VERSION,
    campaign: row?.stream === undefined ? null : readText(row.stream),
    target: target == null ? null : readText(target),
    plan: row?.plan == null ? null : readText(row.plan),
    progress: row?.progress == null ? null : parseProgress(row.progress),
    start: row?.start ?? null,
    messages: row?.messages ?? 0,
  };
}

interface StoredRow {
  readonly stream: StoredText;
  readonly plan: StoredText | null;
  readonly progress: string | null;
  readonly start: string | null;
  readonly messages: number;
}
