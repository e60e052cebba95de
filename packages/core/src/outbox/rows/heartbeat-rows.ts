import type { DatabaseSync } from 'node:sqlite';

/** The heartbeats of the processes that held a stream. */
export interface HeartbeatRows {
  /** Replaces the heartbeat of the stream, if this holder holds the stream. */
  keep(streamNr: number, holder: string, text: string, nowMs: number): void;
}

export function createHeartbeatRows(db: DatabaseSync): HeartbeatRows {
  const keep = db.prepare(`
    INSERT INTO heartbeats (stream_nr, holder, kept_ms, body)
    SELECT nr, holder, ?, ? FROM streams WHERE nr = ? AND holder = ?
    ON CONFLICT (stream_nr) DO UPDATE SET holder = excluded.holder, kept_ms = excluded.kept_ms, body = excluded.body`);
  return {
    keep: (streamNr, holder, text, nowMs) => void keep.run(Math.round(nowMs), text, streamNr, holder),
  };
}
