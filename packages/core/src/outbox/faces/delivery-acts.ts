import { jsonOrNull } from '../../contract/index.js';

/** Which waiting messages an act is about. */
export type DeliverySelection =
  | { readonly ids: readonly string[] }
  | { readonly contactId: string }
  | { readonly all: true };

/** An act of an operator on the deliveries of a stream. Instants are milliseconds since 1970. */
export type DeliveryAct =
  /** Nothing is sent until `resume`. */
  | { readonly act: 'pause' }
  | { readonly act: 'resume' }
  /** Due at once. `drop`: a dead letter at once. What is under way is left as it is. */
  | { readonly act: 'retry' | 'drop'; readonly selection: DeliverySelection }
  /** What was accepted from `sinceMs` on and before `untilMs` is sent again, under the same ids (R26). */
  | { readonly act: 'replay'; readonly sinceMs: number; readonly untilMs: number };

/** An act that was asked for. */
export interface RecordedAct {
  readonly nr: number;
  /** Null: it is one that this version does not know, and does nothing. */
  readonly act: DeliveryAct | null;
  readonly askedMs: number;
  /** Such as `ada@host`. */
  readonly askedBy: string;
  /** Messages that it was done with, so far. */
  readonly done: number;
  /** Messages that it left as they are: under way, not waiting for a time, or with a newer version. */
  readonly passedOver: number;
  /** Of a replay: messages whose body is not kept any more. */
  readonly gone: number;
  /** Null: it is not finished. */
  readonly doneMs: number | null;
}

/** Since when nothing is sent, and who wanted it. */
export interface Pausing {
  readonly sinceMs: number;
  readonly by: string;
}

/** How the target was last seen. Instants are by the wall clock. */
export interface TargetState {
  /**
   * `up`: it takes deliveries, or nothing is known against it; `down`: it does not answer; `refusing`: it answers, and accepts
   * nothing; `gone`: it said that it wants no more; `unproven`: it has never accepted anything.
   */
  readonly state: 'up' | 'down' | 'refusing' | 'gone' | 'unproven';
  readonly sinceMs: number;
  /** When it is tried next; null: all the time. */
  readonly nextTryMs: number | null;
}

/** Reads an act that another process wrote; null where it is none that this version knows (R36). */
export function readAct(text: string): DeliveryAct | null {
  const { act, selection, sinceMs, untilMs }: Readonly<Record<string, unknown>> = Object(jsonOrNull(text));
  if (act === 'pause' || act === 'resume') return { act };
  if (act === 'replay' && typeof sinceMs === 'number' && typeof untilMs === 'number') return { act, sinceMs, untilMs };
  const selected = readSelection(selection);
  return (act === 'retry' || act === 'drop') && selected !== null ? { act, selection: selected } : null;
}

function readSelection(value: unknown): DeliverySelection | null {
  const { ids, contactId, all }: Readonly<Record<string, unknown>> = Object(value);
  if (Array.isArray(ids) && ids.every((id) => typeof id === 'string')) return { ids };
  if (typeof contactId === 'string') return { contactId };
  return all === true ? { all } : null;
}
