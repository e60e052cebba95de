import { withDeadline } from '../concurrency/deadline.js';
import type { ExpectedContact, Field, LeaseHolder, PlannedChanges, Progress } from '../contract/index.js';
import { earlier } from '../discover/watermark.js';
import { changedSinceDay } from '../discover/window.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import type { ApiClient } from '../fetch/api-client.js';
import { filterOfPlan } from '../records/transaction-filter.js';
import { leavesOut } from './narrower-filter.js';
import { type PlannedWindow, plannedWindow, rowsAtStart } from './planned-window.js';
import { isReadOnce } from './read-listing.js';
import { createRunApi } from './run-api.js';
import { planOf, type RunContext, type RunSettings } from './run-settings.js';
import type { StreamRows } from './start-range.js';

/** All that a start would do to a database. */
export interface StartPlan {
  /** The facts that rows depend on, in words: filter, column types, rules for fields. */
  readonly plan: string;
  /** The custom fields of the campaign, without those that rules leave out. */
  readonly fields: readonly Field[];
  readonly planned: PlannedChanges;
  /** Effects of a start on rows and requests, for operators. */
  readonly effects: readonly string[];
  /** The reason why a start would end at once. Null: none is known. */
  readonly refused: string | null;
  readonly window: PlannedWindow;
  readonly requests: PlannedRequests;
  readonly heldBy: LeaseHolder | null;
}

/** About how many requests a start sends for fields, listings and contacts. It is made of one page of the listing, and what the copy holds. */
export interface PlannedRequests {
  /** Contacts that the listings have. */
  readonly listed: number;
  /** True: there are more, and nothing tells how many. */
  readonly isMore: boolean;
  /** Contacts of them whose bodies are fetched. */
  readonly bodies: number;
  /** Requests: the fewest and the most that are likely. */
  readonly least: number;
  readonly most: number;
}

const PAGE = 1_000;
/** The largest and the smallest usual number of contacts in a request, where the command does not set it. */
const USUAL_GROUP = { largest: 200, smallest: 4 } as const;
const PATIENCE_MS = 60_000;

/**
 * Finds out what a start with these settings would change and do, and changes nothing. It sends two requests to the API. The
 * store must be open, and be made to plan (`copyMayBeMissing`).
 */
export async function planStart(settings: RunSettings, context: RunContext): Promise<StartPlan> {
  const { signal } = context;
  const { store, target } = settings.sink;
  if (store.planChanges === undefined) {
    throw new DbsyncError('PLAN_UNFIT', `The sink of ${target} cannot tell what a start would change.`);
  }
  const api = createRunApi(settings, context);
  try {
    const listed = await withDeadline(context.clock, PATIENCE_MS, signal, (call) => api.listFields(call));
    const fields = settings.fields?.declared(listed) ?? listed;
    const planned = await store.planChanges(fields, { signal });
    const state = planned.hasCopy ? await store.readState(settings.campaign, { signal }) : null;
    const progress = state?.progress ?? null;
    const heldBy = state?.heldBy ?? null;
    const rows = rowsAtStart(state, planned.losesRows === true);
    const window = plannedWindow(settings, context, api, { stored: progress, rows });
    const requests = await requestsOf(settings, context, api, window, planned.hasCopy);
    const found = { plan: planOf(settings), fields, planned, window, requests, heldBy };
    const effects = effectsOf(settings, { progress, rows, window });
    return { ...found, refused: refusalOf(settings, heldBy), effects };
  } finally {
    api.close();
  }
}

async function requestsOf(
  settings: RunSettings,
  { signal }: RunContext,
  api: ApiClient,
  { listedFrom, daysEarlier, backfill }: PlannedWindow,
  hasCopy: boolean,
): Promise<PlannedRequests> {
  const { store } = settings.sink;
  const { campaign: stream, contactsPerRequest } = settings;
  const filledFrom = backfill?.contactsFrom ?? null;
  const from = listedFrom && earlier(listedFrom, filledFrom);
  const changedSince = from && changedSinceDay(from, from === listedFrom ? daysEarlier : 1);
  const page = await firstPage(api, changedSince, signal);
  const isMore = page.length >= PAGE;
  const stored =
    isMore && hasCopy && changedSince === null ? await store.verifying?.countStored(stream, { signal }) : 0;
  const listed = Math.max(page.length, stored ?? 0);
  const options = { signal, plans: [planOf(settings)] };
  const differing = hasCopy ? await store.verifying?.compare(stream, page, options) : undefined;
  const share = page.length === 0 || differing === undefined ? 1 : differing.length / page.length;
  const bodies = Math.round(listed * share);
  const passes = [listedFrom, ...(filledFrom === null ? [] : [filledFrom])];
  const readings = passes.map((start) => (isReadOnce(start, api.now()) ? 1 : 2)).reduce((sum, more) => sum + more, 0);
  const pages = readings * (Math.floor(listed / PAGE) + 1);
  const [fewest, most] = contactsPerRequest
    ? [contactsPerRequest, contactsPerRequest]
    : [USUAL_GROUP.largest, USUAL_GROUP.smallest];
  return {
    listed,
    isMore: isMore && (stored ?? 0) <= page.length,
    bodies,
    least: 1 + pages + Math.ceil(bodies / fewest),
    most: 1 + pages + Math.ceil(bodies / most),
  };
}

async function firstPage(
  api: ApiClient,
  changedSince: string | null,
  signal: AbortSignal,
): Promise<readonly ExpectedContact[]> {
  for await (const page of api.contactPages({ changedSince, signal, onUnreadable: async () => {} })) return page;
  return [];
}

/** A stream that is held under another plan is refused (R15). */
function refusalOf(settings: RunSettings, heldBy: LeaseHolder | null): string | null {
  if (heldBy === null) return null;
  const plan = planOf(settings);
  const { host, pid } = heldBy.process;
  if (heldBy.plan !== plan) {
    return `Process ${pid} on ${host} holds the campaign with other options (${heldBy.plan}) than these (${plan}).`;
  }
  return settings.mode === 'db_sync'
    ? null
    : `Process ${pid} on ${host} holds the campaign, so ${settings.mode} would end with exit code 3.`;
}

interface StartFound {
  readonly progress: Progress | null;
  readonly rows: StreamRows;
  readonly window: PlannedWindow;
}

function effectsOf(settings: RunSettings, { progress, rows, window }: StartFound): readonly string[] {
  const effects: string[] = [];
  const { mode, since } = settings;
  const plan = planOf(settings);
  if (rows === 'without progress') {
    effects.push(
      'The target holds rows of the campaign and no progress: all contacts and inbound calls are compared, and the copy continues with these rows.',
    );
  }
  if (rows === 'lost') {
    effects.push('Rows of the campaign were lost: all contacts are listed and fetched again, and all inbound calls.');
  }
  if (mode === 'db_sync' && since === null && progress === null && rows === 'as recorded') {
    effects.push(
      'The target holds no copy of the campaign, and this one begins now. To copy everything before too: db_init first.',
    );
  }
  if (window.backfill?.isNew) {
    effects.push(
      `--since ${since} is before ${progress?.since}, where the copy began: the time between is copied beside the live events.`,
    );
  }
  const before = progress?.plan ?? null;
  if (before === null || before === plan) return effects;
  effects.push(`The options differ from those of the copy (${before}): all contacts are fetched again.`);
  const filter = filterOfPlan(before);
  if (filter !== null && leavesOut(settings.filter, filter)) {
    effects.push('The filter leaves out transactions that the copy has: their rows stay as they are.');
  }
  return effects;
}
