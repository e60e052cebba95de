import type { CallOptions, LeaseHolder, Operator, Stream } from '../contract/index.js';
import type { OutboxAccess } from './commit/outbox-access.js';
import type { DeliveryAct, Pausing, RecordedAct, TargetState } from './faces/delivery-acts.js';
import { repairRows } from './rows/repaired-rows.js';

/**
 * Requests acts on the deliveries of a stream from its holder; any process on the machine can do it. No claim is
 * needed: an act is a row that the holder finds within a second, or the next holder at its start.
 */
export interface DeliveryControl {
  /** Records the act. Returns its number. */
  ask(stream: Stream, act: DeliveryAct, options: CallOptions & { readonly by: string }): Promise<number>;
  /** Returns the act of this number; undefined: there is none, or it was removed. */
  find(nr: number, options: CallOptions): Promise<RecordedAct | undefined>;
  /** Returns the acts, the newest first. */
  list(stream: Stream, options: CallOptions & { readonly limit: number }): Promise<readonly RecordedAct[]>;
  state(stream: Stream, options: CallOptions): Promise<ControlState>;
}

/** The state of deliveries, apart from the waiting messages. */
export interface ControlState {
  /** The target of deliveries, without secrets; null: not known yet. */
  readonly target: string | null;
  /** The state in which the target was last seen; null: no delivery has shown it yet. */
  readonly seen: TargetState | null;
  readonly pausing: Pausing | null;
  /** The process that delivers; null: no process does. */
  readonly holder: LeaseHolder['process'] | null;
  /** The time when the target accepted the oldest message that can still be sent again; null: there is none. */
  readonly replayableFromMs: number | null;
}

/** Reads an operator's name such as `ada@host`. */
function operatorOf(by: string): Operator {
  const at = by.lastIndexOf('@');
  return at < 0 ? { user: by, host: '' } : { user: by.slice(0, at), host: by.slice(at + 1) };
}

export function createDeliveryControl(access: OutboxAccess, now: () => number): DeliveryControl {
  return {
    ask: (stream, act, { by, ...options }) =>
      access.commit(({ db, streams, acts, audit }) => {
        repairRows(db);
        const [row, nowMs] = [streams.ensure(stream), now()];
        const { act: name, ...about } = act;
        audit.note(row.nr, { act: name, subject: JSON.stringify(about) }, operatorOf(by), nowMs);
        return acts.ask(row.nr, act, { ms: nowMs, by });
      }, options),
    find: (nr, options) => access.read(({ acts }) => acts.find(nr), options),
    list: (stream, { limit, ...options }) =>
      access.read(({ streams, acts }) => {
        const row = streams.find(stream);
        return row === undefined ? [] : acts.list(row.nr, limit);
      }, options),
    state: (stream, options) =>
      access.read(({ streams, control, targets, accepted }) => {
        const row = streams.find(stream);
        return {
          target: targets.recorded(),
          seen: control.target(),
          pausing: control.pausing(),
          replayableFromMs: row === undefined ? null : accepted.keptFromMs(row.nr),
          holder: (row && streams.holderOf(row)?.process) ?? null,
        };
      }, options),
  };
}
