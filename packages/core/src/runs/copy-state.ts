import type { LeaseHolder, Progress } from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import { fieldRulesOfPlan } from '../records/field-rules.js';
import { planOf, type RunSettings } from './run-settings.js';

/** The state of a copy that dbsync made, as the store reports it. */
export interface CopyState {
  readonly progress: Progress;
  /** The process that holds the stream now. Null: no process does. */
  readonly heldBy: LeaseHolder | null;
  /** True while its first rows are loaded, or its keys are built (R20). */
  readonly isLoading: boolean;
}

/**
 * Reads the progress of a copy.
 *
 * @throws DbsyncError `VERIFY_NO_COPY` where the store has no progress of the campaign
 */
export async function readCopy({ sink, campaign }: RunSettings, signal: AbortSignal): Promise<CopyState> {
  const { progress, heldBy = null, isLoading = false } = await sink.store.readState(campaign, { signal });
  if (progress !== null) return { progress, heldBy, isLoading };
  const message = `${sink.target} holds no copy of campaign ${campaign} that dbsync made.`;
  throw new DbsyncError('VERIFY_NO_COPY', message);
}

/**
 * Refuses options that the copy was not made with: rows of another plan would not fit the rest.
 *
 * @throws DbsyncError `VERIFY_PLAN_DIFFERS`
 */
export function refuseOtherPlan(settings: RunSettings, { progress, heldBy }: CopyState): void {
  const ownPlan = planOf(settings);
  const recorded = heldBy?.plan ?? progress.plan;
  if (recorded === null || recorded === ownPlan) return;
  const message = `The copy was made with other options (${recorded}) than this command has (${ownPlan}).`;
  throw new DbsyncError('VERIFY_PLAN_DIFFERS', message);
}

/**
 * Refuses other rules for fields than the copy was made with: values that they leave out or hash would differ.
 *
 * @throws DbsyncError `VERIFY_PLAN_DIFFERS`
 */
export function refuseOtherFieldRules(settings: RunSettings, copy: CopyState): void {
  const recorded = copy.heldBy?.plan ?? copy.progress.plan;
  if (recorded === null || fieldRulesOfPlan(recorded) === fieldRulesOfPlan(planOf(settings))) return;
  refuseOtherPlan(settings, copy);
}
