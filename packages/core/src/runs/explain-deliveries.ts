import { fieldOf, type LeaseHolder, type Progress } from '../contract/index.js';
import type { DeliveryReport } from '../outbox/delivery-report.js';
import type { DeliveryDetails } from '../outbox/faces/reported-deliveries.js';
import type { TransactionFate } from '../outbox/report/transaction-fates.js';
import { SUPERSEDED } from '../outbox/rows/kept-dead-letters.js';
import { readCopy, refuseOtherPlan } from './copy-state.js';
import type { LetterHead } from './dead-letter-pages.js';
import { type ExplainedApi, explainApi } from './explain-api.js';
import { lettersOfContact } from './explain-letters.js';
import type { RunContext, RunSettings } from './run-settings.js';
import { createUnqueuedSince } from './unqueued-since.js';

/**
 * The finding about the deliveries of a contact.
 *
 * - `delivered`: each transaction that is to be sent was accepted as the campaign has it
 * - `waiting`: messages wait, or are being tried again
 * - `dead-letter`: messages were given up, or the contact was refused or could not be fetched
 * - `not-queued`: a transaction is not queued as the campaign has it, and nothing accounts for that
 * - `forgotten`, `deleted`, `unread`, `unknown`: as for a copy; `deleted`: the campaign no longer has the contact
 */
export type DeliveriesVerdict =
  | 'delivered'
  | 'waiting'
  | 'dead-letter'
  | 'not-queued'
  | 'forgotten'
  | 'deleted'
  | 'unread'
  | 'unknown';

/** All that is known about the deliveries of one contact. */
export interface DeliveriesExplanation {
  readonly verdict: DeliveriesVerdict;
  /** `transactions`: the given id is that of a transaction. */
  readonly named: 'contacts' | 'transactions' | null;
  readonly contactId: string;
  /** Null: it was not asked for, since the contact is kept out. */
  readonly api: ExplainedApi | null;
  /** Transactions that were fired before are not sent, ISO 8601; null: there is no such instant. */
  readonly start: string | null;
  readonly transactions: readonly ExplainedTransaction[];
  /** The messages of the contact, with their attempts. */
  readonly deliveries: readonly DeliveryDetails[];
  readonly deadLetters: readonly LetterHead[];
  readonly progress: Progress;
  readonly heldBy: LeaseHolder | null;
}

/** The delivery of one transaction that passes the filter. */
export interface ExplainedTransaction extends Omit<TransactionFate, 'state'> {
  /** `before-start`: it was fired before the start of deliveries. */
  readonly state: TransactionFate['state'] | 'before-start';
  readonly fired: string | null;
  /** The time when it was accepted last, in milliseconds since 1970; null: it was not, or the log of attempts is shorter. */
  readonly acceptedMs: number | null;
}

/** The pause between two looks, and the longest wait for a holder to queue a change. */
const PAUSE_MS = 1_000;
const FOLLOWS_MS = 180_000;
/** The API tells its time in whole seconds. */
const CLOCKS_APART_MS = 2_000;
/** The most messages that are shown. */
const MESSAGES = 1_000;

/**
 * Finds out what was delivered of one contact, what waits, and what accounts for the rest. It needs no claim and changes
 * nothing. Where a process holds the stream, a transaction counts as not queued only after that process has read the events up
 * to the body that named it first. The outbox must be open.
 */
export async function explainDeliveries(
  settings: RunSettings,
  context: RunContext,
  report: DeliveryReport,
  id: string,
): Promise<DeliveriesExplanation> {
  const { signal, clock } = context;
  const { store } = settings.sink;
  refuseOtherPlan(settings, await readCopy(settings, signal));
  const { contactId, named } = await contactOf(settings, report, id, signal);
  const [forgotten] = (await store.erasure?.readForgotten([contactId], { signal })) ?? [];
  const about = { named, contactId };
  if (forgotten !== undefined) {
    const nothing = { api: null, start: null, transactions: [], deliveries: [], deadLetters: [] };
    return { ...about, ...nothing, ...(await readCopy(settings, signal)), verdict: 'forgotten' };
  }
  const untilMs = clock.monotonic() + FOLLOWS_MS;
  const unqueuedSince = createUnqueuedSince();
  for (;;) {
    const copy = await readCopy(settings, signal);
    const api = await explainApi(settings, context, contactId);
    const found = { ...about, ...copy, api, ...(await readOutbox(settings, report, contactId, api, signal)) };
    const verdict = verdictOf(found);
    const unqueued = found.transactions.filter(isNotQueued).map((one) => one.id);
    const seenMs = unqueuedSince(unqueued, api.kind === 'there' ? api.seenMs : clock.now());
    const isBehind = copy.heldBy !== null && !isRead(copy.progress, seenMs);
    if (verdict !== 'not-queued' || !isBehind || clock.monotonic() >= untilMs) return { ...found, verdict };
    await clock.sleep(PAUSE_MS, signal);
  }
}

function isRead({ eventsUntil }: Progress, seenMs: number): boolean {
  return eventsUntil !== null && Date.parse(eventsUntil) > seenMs + CLOCKS_APART_MS;
}

/** Finds the contact of a transaction, in the queue and in the log of attempts. Any other id is taken for that of a contact. */
async function contactOf({ campaign }: RunSettings, report: DeliveryReport, id: string, signal: AbortSignal) {
  const own = await report.details(campaign, { contactId: id }, { limit: 1, signal });
  if (own.length > 0) return { contactId: id, named: 'contacts' as const };
  const [found] = await report.details(campaign, { transactionId: id }, { limit: 1, signal });
  const contactId = found?.waiting?.contactId ?? found?.attempts[0]?.contactId;
  return contactId === undefined ? { contactId: id, named: null } : { contactId, named: 'transactions' as const };
}

async function readOutbox(
  settings: RunSettings,
  report: DeliveryReport,
  contactId: string,
  api: ExplainedApi,
  signal: AbortSignal,
) {
  const { campaign } = settings;
  const nodes = api.kind === 'there' ? api.tree.transactions : [];
  const { start, transactions } = await report.fates(campaign, nodes, { signal });
  const deliveries = await report.details(campaign, { contactId }, { limit: MESSAGES, signal });
  const accepted = new Map(
    deliveries
      .flatMap(({ attempts }) => attempts)
      .filter(({ outcome }) => outcome === 'accepted')
      .map(({ transactionId, endedMs }) => [transactionId, endedMs]),
  );
  const fired = new Map(nodes.map(({ id, values }) => [id, fieldOf(values, 'fired')]));
  const explained = transactions.map((fate): ExplainedTransaction => {
    const time = fired.get(fate.id);
    const at = typeof time === 'string' ? time : null;
    const isBefore = fate.state === 'none' && start !== null && at !== null && Date.parse(at) < Date.parse(start);
    const state = isBefore ? 'before-start' : fate.state;
    return { ...fate, state, fired: at, acceptedMs: accepted.get(fate.id) ?? null };
  });
  const deadLetters = await lettersOfContact(settings, contactId, signal);
  return { start, transactions: explained, deliveries, deadLetters };
}

function verdictOf(found: Omit<DeliveriesExplanation, 'verdict'>): DeliveriesVerdict {
  const { api, transactions, deliveries, deadLetters, named } = found;
  const isDead = deadLetters.some(({ kind, code }) => kind !== 'message' || code !== SUPERSEDED);
  if (isDead || transactions.some(({ state }) => state === 'dead')) return 'dead-letter';
  if (api?.kind === 'unread') return 'unread';
  if (transactions.some(isNotQueued)) return 'not-queued';
  if (deliveries.some(({ waiting }) => waiting !== null)) return 'waiting';
  if (api?.kind === 'there') return 'delivered';
  return deliveries.length > 0 || named !== null ? 'deleted' : 'unknown';
}

function isNotQueued({ state, isCurrent }: ExplainedTransaction): boolean {
  return state === 'none' || (!isCurrent && state !== 'before-start');
}
