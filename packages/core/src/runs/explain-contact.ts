import type { InboundCall, LeaseHolder, Progress, StoredContact, StoredRecord } from '../contract/index.js';
import { absenceOf } from '../discover/missed-contacts.js';
import { readCopy, refuseOtherPlan } from './copy-state.js';
import type { LetterHead } from './dead-letter-pages.js';
import { type ExplainedApi, explainApi } from './explain-api.js';
import { type CallVerdict, type DifferingRows, explainCall, rowsOf } from './explain-call.js';
import { lettersOfContact } from './explain-letters.js';
import { isBeforeStart } from './explain-since.js';
import type { RunContext, RunSettings } from './run-settings.js';
import { type VerifyOptions, type VerifyReport, verifyCopy } from './verify-copy.js';
import type { Suspect } from './verify-desk.js';

/** The id to explain, and callbacks. */
export interface ExplainOptions extends Pick<VerifyOptions, 'show' | 'onProgress'> {
  /** The id of a contact, or of a stored record that names one. */
  readonly id: string;
}

/**
 * The finding about a contact.
 *
 * - `equal`: the copy has all that the campaign has, inbound calls included
 * - `missing`: the copy has no row of it, and nothing accounts for that
 * - `differs`: rows or cells differ
 * - `dead-letter`: the contact was refused, or could not be fetched
 * - `before-since`: it is not copied, since nothing happened to it after the start of the copy (`--since`)
 * - `forgotten`: it is kept out
 * - `deleted`: the campaign no longer has it, and its rows stay
 * - `other-campaign`: this campaign does not have it, and its rows belong to another campaign
 * - the verdicts about an inbound call: the id is that of a stored one that names no contact, or that the copy lacks
 * - `unread`: the API did not give it now, so nothing was compared
 * - `unknown`: neither the campaign nor the copy knows the id
 */
export type ExplainVerdict =
  | 'equal'
  | 'missing'
  | 'differs'
  | 'dead-letter'
  | 'before-since'
  | 'forgotten'
  | 'deleted'
  | 'other-campaign'
  | CallVerdict
  | 'unread'
  | 'unknown';

/** All that is known about one contact of a copy. */
export interface ContactExplanation extends DifferingRows {
  readonly verdict: ExplainVerdict;
  /** The kind of record that the given id names; null: no stored record has it. */
  readonly named: StoredRecord['kind'] | null;
  /** For a call alone: the id of the call. */
  readonly contactId: string;
  /** Null: it was not asked for, since the contact is kept out. */
  readonly api: ExplainedApi | null;
  /** Null: the contact has no row, or the sink cannot tell. */
  readonly copy: StoredContact | null;
  readonly differences: readonly Suspect[];
  readonly deadLetters: readonly LetterHead[];
  /** The time since when complete listings have lacked the contact, in milliseconds since 1970; null: they have not. */
  readonly missedSinceMs: number | null;
  readonly progress: Progress;
  readonly heldBy: LeaseHolder | null;
}

/**
 * Finds out what the campaign and the copy have of one contact, what differs, and what accounts for it. It needs no claim and
 * changes nothing. A difference counts only if a second look finds it too. The store must be open.
 */
export async function explainContact(
  settings: RunSettings,
  context: RunContext,
  options: ExplainOptions,
): Promise<ContactExplanation> {
  const { signal } = context;
  const { store } = settings.sink;
  const state = await readCopy(settings, signal);
  refuseOtherPlan(settings, state);
  const { contactId, named, namesContact } = await contactOf(settings, options.id, signal);
  const [forgotten] = (await store.erasure?.readForgotten([contactId], { signal })) ?? [];
  const about = { named, contactId, progress: state.progress, heldBy: state.heldBy };
  const lists = { differences: [], rows: [], dueCalls: [], deadLetters: [] };
  const nothing = { ...lists, api: null, copy: null, missedSinceMs: null };
  if (forgotten !== undefined) return { ...nothing, ...about, verdict: 'forgotten' };
  if (!namesContact) {
    // The row may be of a time before the copy's own start.
    const call = await explainCall(settings, context, { ...options, since: null });
    return { ...nothing, ...about, ...call, verdict: call.verdict ?? 'deleted' };
  }
  const api = await explainApi(settings, context, contactId);
  const report =
    api.kind === 'there' ? await compare(settings, context, state.progress, { ...options, contactId }) : null;
  // Read after the comparison, so that a row which the daemon wrote meanwhile is there.
  const copy = (await store.explaining?.describeContact(settings.campaign, contactId, { signal })) ?? null;
  const deadLetters = await lettersOfContact(settings, contactId, signal);
  const found = { ...nothing, ...about, api, copy, deadLetters, missedSinceMs: missedSince(copy) };
  const isStored = copy !== null || named !== null || (await hasRow(settings, contactId, signal));
  const likely = verdictOf(found, report, isStored, settings.campaign);
  const isBefore =
    likely === 'missing' &&
    api.kind === 'there' &&
    (await isBeforeStart(settings, context, api.tree, state.progress.since));
  if (likely === 'unknown') {
    const call = await explainCall(settings, context, { ...options, since: state.progress.since });
    return { ...found, ...call, verdict: call.verdict ?? 'unknown' };
  }
  const rows = rowsOf(report);
  if (!isBefore) return { ...found, verdict: likely, differences: report?.differences ?? [], ...rows };
  const hasOtherCalls = rows.rows.some(({ kind }) => kind === 'inbound_calls');
  return { ...found, verdict: hasOtherCalls ? 'differs' : 'before-since', ...rows };
}

/** Finds the contact that a stored record names. An id of no stored record is taken for that of a contact. */
async function contactOf({ sink }: RunSettings, id: string, signal: AbortSignal) {
  const found = (await sink.store.explaining?.findRecords(id, { signal })) ?? [];
  const record =
    found.find(({ kind }) => kind === 'contacts') ?? found.find(({ contactId }) => contactId !== null) ?? found[0];
  const namesContact = record?.kind !== 'inbound_calls' || record.contactId !== null;
  return { contactId: record?.contactId ?? id, named: record?.kind ?? null, namesContact };
}

/** For a sink that cannot describe a contact: returns whether the contact has a row. */
async function hasRow({ sink, campaign }: RunSettings, id: string, signal: AbortSignal): Promise<boolean> {
  const { explaining, verifying } = sink.store;
  if (explaining !== undefined || verifying === undefined) return false;
  const [difference] = await verifying.compare(campaign, [{ id, md5: null }], { signal, plans: [] });
  return difference?.kind !== 'missing';
}

/** Compares a contact and the inbound calls that name it, or have the given id. */
function compare(
  settings: RunSettings,
  context: RunContext,
  { since }: Progress,
  { id, contactId, show, onProgress }: ExplainOptions & { readonly contactId: string },
): Promise<VerifyReport> {
  const comparesCall = (call: InboundCall) => call.id === id || call.values.contact_id === contactId;
  const calls = { fromMs: since === null ? null : Date.parse(since) };
  const only = { contactIds: [contactId], calls, comparesCall };
  return verifyCopy(settings, context, { only, deep: true, show, onProgress });
}

type Found = Omit<ContactExplanation, 'verdict'>;

function verdictOf(found: Found, report: VerifyReport | null, isStored: boolean, campaign: string): ExplainVerdict {
  const { api, copy, deadLetters, contactId } = found;
  const isRefused = deadLetters.some(({ kind }) => kind === 'contact' || kind === 'fetch');
  if (api?.kind !== 'there' || report === null) {
    if (isRefused) return 'dead-letter';
    if (api?.kind === 'unread') return 'unread';
    if (copy !== null && copy.stream !== null && copy.stream !== campaign) return 'other-campaign';
    return isStored ? 'deleted' : 'unknown';
  }
  if (report.deadLetters.includes(contactId)) return 'dead-letter';
  const { differences, unfetched } = report;
  const differs = differences.length > 0 || unfetched.length > 0 || rowsOf(report).rows.length > 0;
  if (!differs) return 'equal';
  return report.differences.some(({ kind }) => kind === 'missing') ? 'missing' : 'differs';
}

function missedSince(copy: StoredContact | null): number | null {
  return absenceOf(copy?.note ?? null)?.sinceMs ?? null;
}
