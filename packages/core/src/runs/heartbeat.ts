import { type Fields, fieldOf, isFields, type Json, jsonOrNull } from '../contract/index.js';
import type { Awaited, RunMode } from '../observe/run-events.js';

/**
 * The state of a run, as its process keeps it in the target for `dbsync status`. Durations count to the moment at which
 * the heartbeat was kept, so no clock of the process matters.
 */
export interface Heartbeat {
  readonly mode: RunMode;
  readonly intervalMs: number;
  /** The time for which the process has held the stream. */
  readonly heldMs: number;
  /** The lag of the copy behind the API; null: not known yet, or the run has no cycles. */
  readonly lagMs: number | null;
  /** The last cycle; null: none has ended since the claim. */
  readonly cycle: { readonly agoMs: number; readonly tookMs: number; readonly contacts: number } | null;
  /** The contacts of a run without cycles: committed, and to fetch in all (null: not known yet). Null: not known. */
  readonly copied: { readonly done: number; readonly of: number | null } | null;
  /** The records that are filled, by the target's name, and how far; null: none. `of`: about how many; null: not known. */
  readonly filling: { readonly what: string; readonly done: number; readonly of: number | null } | null;
  /** The error that the run waits for; null: none. */
  readonly trouble: { readonly for: Awaited; readonly code: string; readonly forMs: number } | null;
}

export function heartbeatText(heartbeat: Heartbeat): string {
  return JSON.stringify(heartbeat);
}

/** Reads a heartbeat, and checks every part (R36). Null: another program wrote it, or a version to come. */
export function parseHeartbeat(text: string): Heartbeat | null {
  const stored = jsonOrNull(text);
  if (!isFields(stored)) return null;
  const { mode, intervalMs, heldMs, lagMs = null } = stored;
  if (!isMode(mode) || !isDuration(intervalMs) || !isDuration(heldMs) || !isDurationOrNull(lagMs)) return null;
  return {
    mode,
    intervalMs,
    heldMs,
    lagMs,
    cycle: cycleOf(fieldOf(stored, 'cycle')),
    copied: copiedOf(fieldOf(stored, 'copied')),
    filling: fillingOf(fieldOf(stored, 'filling')),
    trouble: troubleOf(fieldOf(stored, 'trouble')),
  };
}

function cycleOf(value: Json | undefined): Heartbeat['cycle'] {
  const { agoMs, tookMs, contacts } = fieldsOf(value);
  return isDuration(agoMs) && isDuration(tookMs) && isDuration(contacts) ? { agoMs, tookMs, contacts } : null;
}

function copiedOf(value: Json | undefined): Heartbeat['copied'] {
  const { done, of = null } = fieldsOf(value);
  return isDuration(done) && isDurationOrNull(of) ? { done, of } : null;
}

function fillingOf(value: Json | undefined): Heartbeat['filling'] {
  const { what } = fieldsOf(value);
  const rows = copiedOf(value);
  return typeof what === 'string' && what.length <= 100 && rows !== null ? { what, ...rows } : null;
}

function troubleOf(value: Json | undefined): Heartbeat['trouble'] {
  const { for: side, code, forMs } = fieldsOf(value);
  if (side !== 'api' && side !== 'store' && side !== 'endpoint') return null;
  return typeof code === 'string' && /^[A-Z0-9_]{1,100}$/.test(code) && isDuration(forMs)
    ? { for: side, code, forMs }
    : null;
}

function fieldsOf(value: Json | undefined): Fields {
  return value !== undefined && isFields(value) ? value : {};
}

const MODES: Readonly<Record<RunMode, true>> = { db_init: true, db_update: true, db_sync: true, webhook: true };

function isMode(value: Json | undefined): value is RunMode {
  return typeof value === 'string' && Object.hasOwn(MODES, value);
}

/** True for a number of milliseconds, or of contacts. */
function isDuration(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isDurationOrNull(value: Json): value is number | null {
  return value === null || isDuration(value);
}
