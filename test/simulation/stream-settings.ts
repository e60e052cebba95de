import type { RunSettings } from '@dbsync/core';
import type { UpstreamTransaction } from './campaign.ts';
import { WORLD_BEGINS_MS } from './virtual-globals.ts';

type Filter = RunSettings['filter'];

/** The options of the process that starts next. A person may change them between two starts. */
export interface StreamSettings {
  /** null: none is given. */
  since: string | null;
  /** The earliest instant of true time that any `--since` named; without one, the first start. */
  startMs: number;
  filter: Filter;
  /** When `filter` was set. */
  filterFromMs: number;
  /** The filters before it, the oldest first. */
  readonly formerFilters: FormerFilter[];
}

/** A filter that is no longer in force. Instants are milliseconds of true time. */
export interface FormerFilter {
  readonly filter: Filter;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The campaign began so long before the world. */
export const PAST_MS = 60 * 86_400_000;

/** @param startMs null: no `--since` is given at the first start */
export function createStreamSettings(startMs: number | null): StreamSettings {
  return {
    since: startMs === null ? null : sinceOf(startMs),
    startMs: startMs ?? 0,
    filter: { mode: 'all', prefixes: [] },
    filterFromMs: Number.NEGATIVE_INFINITY,
    formerFilters: [],
  };
}

export function changeFilter(settings: StreamSettings, filter: Filter, nowMs: number): void {
  settings.formerFilters.push({ filter: settings.filter, fromMs: settings.filterFromMs, untilMs: nowMs });
  settings.filter = filter;
  settings.filterFromMs = nowMs;
}

/** @param share how far the new `--since` goes from the present one towards the beginning of the campaign */
export function changeSince(settings: StreamSettings, share: number): void {
  settings.startMs -= Math.round(share * (settings.startMs + PAST_MS));
  settings.since = sinceOf(settings.startMs);
}

function sinceOf(startMs: number): string {
  return new Date(WORLD_BEGINS_MS + startMs).toISOString();
}

/** From the narrowest to the widest, with what a prefix of tasks leaves out. */
export const FILTERS: readonly Filter[] = [
  { mode: 'hi_updates_only', prefixes: [] },
  { mode: 'updates_only', prefixes: ['fc_'] },
  { mode: 'updates_only', prefixes: [] },
  { mode: 'all', prefixes: ['fc_', 'qc_'] },
  { mode: 'all', prefixes: [] },
];

/** Whether a copy under this filter has the transaction: the filter told once more, apart from the code under test. */
export function isWanted({ type, user, task }: UpstreamTransaction, { mode, prefixes }: Filter): boolean {
  if (prefixes.length > 0 && !prefixes.some((prefix) => task.startsWith(prefix))) return false;
  if (mode === 'all') return true;
  return type === 'update' && (mode === 'updates_only' || user !== null);
}
