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
  /** The instant when `filter` was set. */
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

/** The age of the campaign when the world begins. */
export const PAST_MS = 60 * 86_400_000;

/** Creates the settings. @param startMs null: no `--since` is given at the first start */
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

/**
 * Moves `--since` back. @param share how far the new `--since` goes from the present one towards the beginning of the
 * campaign
 */
export function changeSince(settings: StreamSettings, share: number): void {
  settings.startMs -= Math.round(share * (settings.startMs + PAST_MS));
  settings.since = sinceOf(settings.startMs);
}

function sinceOf(startMs: number): string {
  return new Date(WORLD_BEGINS_MS + startMs).toISOString();
}

/** Filters from the narrowest to the widest, with one that leaves out tasks by a prefix. */
export const FILTERS: readonly Filter[] = [
  { mode: 'hi_updates_only', prefixes: [] },
  { mode: 'updates_only', prefixes: ['fc_'] },
  { mode: 'updates_only', prefixes: [] },
  { mode: 'all', prefixes: ['fc_', 'qc_'] },
  { mode: 'all', prefixes: [] },
];

/**
 * True where a copy under this filter has the transaction. The filter is written once more here, apart from the code
 * under test.
 */
export function isWanted({ type, user, task }: UpstreamTransaction, { mode, prefixes }: Filter): boolean {
  if (prefixes.length > 0 && !prefixes.some((prefix) => task.startsWith(prefix))) return false;
  if (mode === 'all') return true;
  return type === 'update' && (mode === 'updates_only' || user !== null);
}
