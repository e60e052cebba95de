import type { ContactChangeKind } from '../contact/contact-changes.js';
import { createRandom, mix, type Random } from '../contact/random.js';
import type { Campaign } from './campaign.js';

/** An event of a live campaign. */
export type ActivityKind =
  | ContactChangeKind
  | 'new-contact'
  | 'delete-contact'
  | 'new-field'
  | 'inbound-call'
  | 'inbound-hangup';

/** An event, and its contact. */
export interface ActivityEvent {
  readonly kind: ActivityKind;
  readonly contactId: string | null;
  readonly atMs: number;
}

/** The frequency of each kind, as shares of one another. */
export const ACTIVITY_MIX: Readonly<Record<ActivityKind, number>> = {
  'new-contact': 10,
  transaction: 30,
  twin: 2,
  'call-ends': 20,
  'recording-located': 15,
  'late-change': 8,
  'relisted-change': 3,
  edit: 8,
  'new-field': 0.1,
  'inbound-call': 4,
  'inbound-hangup': 4,
  'delete-contact': 0.5,
  'vanish-child': 1,
};

/** The activity of the campaign: the n-th event follows from seed and n, its time from the clock. */
export interface Activity {
  /** Makes this number of events happen now, of that kind only where one is named. */
  step(count: number, kind?: ActivityKind): readonly ActivityEvent[];
  /** Makes events happen by themselves, until `stop`. */
  start(ratePerSecond: number): void;
  stop(): void;
}

export interface ActivityOptions {
  readonly seed: number;
  readonly clock: { now(): number };
  readonly mix: Readonly<Record<ActivityKind, number>>;
}

const TICK_MS = 50;

export function createActivity(campaign: Campaign, options: ActivityOptions): Activity {
  const random = createRandom(mix(options.seed, 7));
  const state: ActivityState = { campaign, random, openCalls: [], unplacedRecordings: [] };
  const shares = Object.entries(options.mix) as [ActivityKind, number][];
  let timer: NodeJS.Timeout | undefined;

  const step = (count: number, kind?: ActivityKind) =>
    Array.from({ length: count }, () => happen(kind ?? pickKind(shares, random), options.clock.now(), state));

  const stop = () => clearInterval(timer);

  return {
    step,
    start: (ratePerSecond) => {
      stop();
      let due = 0;
      let last = performance.now();
      timer = setInterval(() => {
        const now = performance.now();
        due += ((now - last) / 1000) * ratePerSecond;
        last = now;
        const count = Math.floor(due);
        due -= count;
        step(count);
      }, TICK_MS).unref();
    },
    stop,
  };
}

interface ActivityState {
  readonly campaign: Campaign;
  readonly random: Random;
  /** Contacts whose last call is open, the oldest first; then those whose recording has no location yet. */
  readonly openCalls: number[];
  readonly unplacedRecordings: number[];
}

function pickKind(shares: readonly [ActivityKind, number][], random: Random): ActivityKind {
  const total = shares.reduce((sum, [, share]) => sum + share, 0);
  let left = (random.next() / 0x1_0000_0000) * total;
  for (const [kind, share] of shares) {
    left -= share;
    if (left < 0) return kind;
  }
  return 'edit';
}

function happen(kind: ActivityKind, atMs: number, state: ActivityState): ActivityEvent {
  const { campaign } = state;
  switch (kind) {
    case 'inbound-call':
      campaign.inbound.add(atMs);
      return { kind, contactId: null, atMs };
    case 'inbound-hangup':
      if (!campaign.inbound.hangUp(atMs)) campaign.inbound.add(atMs);
      return { kind, contactId: null, atMs };
    case 'new-contact':
      return { kind, contactId: createContact(atMs, state), atMs };
    default: {
      const index = contactFor(kind, atMs, state);
      if (index === undefined) return { kind: 'new-contact', contactId: createContact(atMs, state), atMs };
      const happened = kind === 'vanish-child' && campaign.contacts.isHostile(index) ? 'edit' : kind;
      if (happened === 'delete-contact') deleteContact(index, atMs, campaign);
      else changeContact(index, happened, atMs, state);
      return { kind: happened, contactId: campaign.contacts.idOf(index), atMs };
    }
  }
}

/**
 * Chooses a contact: one with an open call for the end of a call, one with a waiting recording for its location; else
 * any.
 */
function contactFor(kind: ActivityKind, atMs: number, state: ActivityState): number | undefined {
  const { contacts } = state.campaign;
  const waiting = kind === 'call-ends' ? state.openCalls : kind === 'recording-located' ? state.unplacedRecordings : [];
  for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
    if (contacts.exists(index, atMs)) return index;
  }
  for (let attempt = 0; attempt < 100 && contacts.count > 0; attempt++) {
    const index = state.random.int(contacts.count);
    if (contacts.exists(index, atMs)) return index;
  }
  return undefined;
}

function createContact(atMs: number, state: ActivityState): string {
  const { contacts } = state.campaign;
  const index = contacts.create(atMs);
  changeContact(index, 'transaction', atMs, state);
  return contacts.idOf(index);
}

function deleteContact(index: number, atMs: number, { contacts, listing }: Campaign): void {
  contacts.delete(index, atMs);
  listing.remove(index);
}

function changeContact(
  index: number,
  kind: ContactChangeKind | 'new-field',
  atMs: number,
  { campaign, random, openCalls, unplacedRecordings }: ActivityState,
): void {
  const seed = random.next();
  const field = kind === 'new-field' ? campaign.addField() : kind === 'edit' ? pickField(campaign, random) : null;
  campaign.contacts.change(index, { kind: kind === 'new-field' ? 'edit' : kind, atMs, seed, field });
  campaign.listing.touch(index, atMs);
  // A twin's line has the time of its elder's line; without an elder it is an ordinary transaction.
  if (kind === 'transaction' || kind === 'twin') campaign.events.add(index, atMs);
  if (kind === 'relisted-change') campaign.events.addAgain(index, atMs);
  if (kind === 'transaction') openCalls.push(index);
  if (kind === 'call-ends') unplacedRecordings.push(index);
}

function pickField({ fields }: Campaign, random: Random) {
  return fields.length === 0 ? null : random.pick(fields);
}
