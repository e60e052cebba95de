import type { StartPlan } from '@dbsync/core/cli-kit';
import type { PlannedChange } from '@dbsync/core/contract';
import type { CopyDesk } from '../copy-desk.js';

/** The object that `plan --json` prints for a database. */
export interface PlannedCopy {
  readonly type: 'planned';
  readonly mode: string;
  readonly campaign: string;
  readonly target: string;
  readonly hasCopy: boolean;
  /** The changes of tables, in the order in which a start makes them; `overflow`: a field that gets no column. */
  readonly changes: readonly PlannedChange[];
  readonly effects: readonly string[];
  /** The reason why a start would end at once; null: none is known. */
  readonly refused: string | null;
  /** The number of custom fields of the campaign. */
  readonly fields: number;
  readonly filter: { readonly mode: string; readonly prefixes: readonly string[] };
  readonly plan: string;
  readonly window: StartPlan['window'];
  readonly requests: StartPlan['requests'];
  /** The process that holds the campaign now; null: none. */
  readonly heldBy: { readonly host: string; readonly pid: number } | null;
}

/** Returns the plan in the form of `--json`. */
export function plannedCopy({ options, settings }: CopyDesk, found: StartPlan): PlannedCopy {
  const { planned, heldBy } = found;
  return {
    type: 'planned',
    mode: options.mode,
    campaign: options.campaign,
    target: settings.sink.target,
    hasCopy: planned.hasCopy,
    changes: planned.changes,
    effects: [...planned.effects, ...found.effects],
    refused: found.refused,
    fields: found.fields.length,
    filter: options.filter,
    plan: found.plan,
    window: found.window,
    requests: found.requests,
    heldBy: heldBy && { host: heldBy.process.host, pid: heldBy.process.pid },
  };
}
