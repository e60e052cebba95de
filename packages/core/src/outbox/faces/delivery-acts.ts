import { jsonOrNull } from '../../contract/index.js';

/** Selects the waiting messages of an act. */
export type DeliverySelection =
  | { readonly ids: readonly string[] }
  | { readonly contactId: string }
  | { readonly all: true };

/** An act of an operator on the deliveries of a stream. Instants are milliseconds since 1970. */
export type DeliveryAct =
  /** Sends nothing until `resume`. */
  | { readonly act: 'pause' }
  | { readonly act: 'resume' }
  /**
   * `retry` makes messages due at once; `drop` makes them dead letters at once. Messages under way are left as they
   * are.
   */
  | { readonly act: 'retry' | 'drop'; readonly selection: DeliverySelection }
  /**
   * Sends messages again that were accepted from `sinceMs` on and before `untilMs`, under the same ids (R26). Those of
   * contacts that the campaign has deleted are left out, unless `evenIfDeleted` is set.
   */
  | { readonly act: 'replay'; readonly sinceMs: number; readonly untilMs: number; readonly evenIfDeleted?: true };

/** An act that an operator has requested. */
export interface RecordedAct {
  readonly nr: number;
  /** Null: this version does not know the act, and does nothing. */
  readonly act: DeliveryAct | null;
  readonly askedMs: number;
  /** The operator, such as `ada@host`. */
  readonly askedBy: string;
  /** The number of messages to which the act was applied so far. */
  readonly done: number;
  /**
   * The number of messages that the act left unchanged: under way, not waiting for a time, with a newer version, or of a
   * contact that the campaign has deleted.
   */
  readonly passedOver: number;
  /** For a replay: the number of messages whose body is not kept any more. */
  readonly gone: number;
  /** Null: the act is not finished. */
  readonly doneMs: number | null;
}

/** The time since when nothing is sent, and the operator who paused deliveries. */
export interface Pausing {
  readonly sinceMs: number;
  readonly by: string;
}

/** The state in which the target was last seen. Instants are by the wall clock. */
export interface TargetState {
  /**
   * - `up`: it takes deliveries, or dbsync knows nothing against it
   * - `down`: it does not answer
   * - `refusing`: it answers, and accepts nothing
   * - `gone`: it said that it wants no more messages
   * - `unproven`: it has never accepted a message
   */
  readonly state: 'up' | 'down' | 'refusing' | 'gone' | 'unproven';
  readonly sinceMs: number;
  /** The time when the next delivery is tried; null: deliveries are not held back. */
  readonly nextTryMs: number | null;
}

/** Reads an act that another process wrote; null if this version does not know it (R36). */
export function readAct(text: string): DeliveryAct | null {
  const { act, selection, sinceMs, untilMs, evenIfDeleted }: Readonly<Record<string, unknown>> = Object(
    jsonOrNull(text),
  );
  if (act === 'pause' || act === 'resume') return { act };
  if (act === 'replay' && typeof sinceMs === 'number' && typeof untilMs === 'number') {
    return { act, sinceMs, untilMs, ...(evenIfDeleted === true && { evenIfDeleted }) };
  }
  const selected = readSelection(selection);
  return (act === 'retry' || act === 'drop') && selected !== null ? { act, selection: selected } : null;
}

function readSelection(value: unknown): DeliverySelection | null {
  const { ids, contactId, all }: Readonly<Record<string, unknown>> = Object(value);
  if (Array.isArray(ids) && ids.every((id) => typeof id === 'string')) return { ids };
  if (typeof contactId === 'string') return { contactId };
  return all === true ? { all } : null;
}
