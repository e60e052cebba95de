import type { DatabaseSync } from 'node:sqlite';
import type { Pausing, TargetState } from '../faces/delivery-acts.js';
import { prepareQuery } from '../file/prepared-query.js';
import { readText, type StoredText, storeText } from '../file/stored-text.js';

/** The row that holds the pause of deliveries and the last seen state of the target. The file has one such row. */
export interface ControlRow {
  /** Returns null if deliveries are not paused. */
  pausing(): Pausing | null;
  /** Pauses deliveries. An existing pause stays unchanged. */
  pause(pausing: Pausing): void;
  resume(): void;
  /** Returns null if no delivery has shown the target's state yet. */
  target(): TargetState | null;
  noteTarget(target: TargetState): void;
}

interface StoredControl {
  readonly paused_ms: number | null;
  readonly paused_by: StoredText | null;
  readonly target_state: string | null;
  readonly target_since_ms: number | null;
  readonly next_try_ms: number | null;
}

export function createControlRow(db: DatabaseSync): ControlRow {
  const find = prepareQuery<StoredControl>(db, 'SELECT * FROM control');
  const pause = db.prepare('UPDATE control SET paused_ms = ?, paused_by = ? WHERE paused_ms IS NULL');
  const resume = db.prepare('UPDATE control SET paused_ms = NULL, paused_by = NULL WHERE paused_ms IS NOT NULL');
  const note = db.prepare('UPDATE control SET target_state = ?, target_since_ms = ?, next_try_ms = ?');
  return {
    pausing() {
      const { paused_ms = null, paused_by = null } = find.get() ?? {};
      return paused_ms === null ? null : { sinceMs: paused_ms, by: readText(paused_by ?? '') };
    },
    pause: ({ sinceMs, by }) => void pause.run(Math.round(sinceMs), storeText(by)),
    resume: () => void resume.run(),
    target() {
      const { target_state: state, target_since_ms: sinceMs, next_try_ms: nextTryMs = null } = find.get() ?? {};
      return isState(state) && typeof sinceMs === 'number' ? { state, sinceMs, nextTryMs } : null;
    },
    noteTarget({ state, sinceMs, nextTryMs }) {
      note.run(state, Math.round(sinceMs), nextTryMs === null ? null : Math.round(nextTryMs));
    },
  };
}

function isState(text: string | null | undefined): text is TargetState['state'] {
  return STATES.some((state) => state === text);
}

const STATES: readonly TargetState['state'][] = ['up', 'down', 'refusing', 'gone', 'unproven'];
