import { filterOfPlan, type TransactionFilter } from '../records/transaction-filter.js';
import type { SessionFrame } from './session.js';

/**
 * Warns where the filter leaves out transactions that the last complete listing let in: their rows stay, and are not
 * updated any more. Warns at each start until a complete listing has been made under the new filter. Deliveries have no
 * rows.
 */
export function tellNarrowerFilter({ settings, claim, progress, observe }: SessionFrame): void {
  const { plan } = progress.current;
  if (settings.delivery !== null || plan === null || plan === claim.plan) return;
  const before = filterOfPlan(plan);
  if (before === null || !leavesOut(settings.filter, before)) return;
  const [old, now] = [before, settings.filter].map(textOf);
  const message = `The filter was ${old}, and is ${now}: transactions that it leaves out now stay as they are, and are not updated any more. "A narrower filter" in docs/databases.md says how to list and delete them.`;
  observe({ type: 'notice', level: 'warn', code: 'FILTER_NARROWER', message });
}

/** True where a transaction can pass the former filter and not this one. */
export function leavesOut(filter: TransactionFilter, before: TransactionFilter): boolean {
  if (WIDTH.indexOf(filter.mode) > WIDTH.indexOf(before.mode)) return true;
  if (filter.prefixes.length === 0) return false;
  if (before.prefixes.length === 0) return true;
  return before.prefixes.some((prefix) => !filter.prefixes.some((wanted) => prefix.startsWith(wanted)));
}

/** The modes from the widest on: each lets in a part of what the mode before it does. */
const WIDTH: readonly TransactionFilter['mode'][] = ['all', 'updates_only', 'hi_updates_only'];

function textOf({ mode, prefixes }: TransactionFilter): string {
  return `${mode}${prefixes.length === 0 ? '' : ` with tasks ${prefixes.join(', ')}`}`;
}
