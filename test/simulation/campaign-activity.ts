import {
  CALL_PREFIX,
  type Campaign,
  type CampaignCall,
  type CampaignContact,
  newestVersion,
  type UpstreamConnection,
  type UpstreamTransaction,
} from './campaign.ts';
import type { Chance } from './chance.ts';
import { CAMPAIGN } from './simulated-target.ts';
import { PAST_MS } from './stream-settings.ts';
import { WORLD_BEGINS_MS } from './virtual-globals.ts';
import { DAY_MS, MINUTE_MS } from './weather.ts';

/** The changes of people in the campaign: each step changes one thing. */
export interface CampaignActivity {
  step(nowMs: number, eventLagMs: number): void;
}

const FIRST_CONTACTS = 20;
/** The number of contacts, and of calls, that have not changed since some instant before the world began. */
const PAST_RECORDS = 12;
const MOST_PAST_TRANSACTIONS = 3;
const MOST_TRANSACTIONS = 8;
const LONGEST_CALL_MS = 6 * 3_600_000;
const ID_LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

export function createCampaignActivity(campaign: Campaign, chance: Chance): CampaignActivity {
  let serial = 0;
  const newId = (kind: string) => `${kind}${String(serial++).padStart(6, '0')}`;
  const contactId = () => Array.from({ length: 16 }, () => chance.pick([...ID_LETTERS])).join('');
  const someone = (): CampaignContact | undefined => {
    const living = [...campaign.contacts.values()].filter(({ deletedMs }) => deletedMs === null);
    // The newest are called most; the old ones change now and then.
    const recent = chance.happens(0.8) ? living.slice(-15) : living;
    return recent.length > 0 ? chance.pick(recent) : undefined;
  };

  const addContact = (visibleMs: number, atMs?: number) => {
    campaign.change(contactId(), { name: newId('Person '), note: '' }, [], visibleMs, atMs);
  };

  const addTransaction = (contact: CampaignContact, nowMs: number, visibleMs: number, atMs?: number) => {
    const { fields, transactions } = newestVersion(contact);
    const last = transactions.at(-1);
    const isTwin = last !== undefined && chance.happens(0.05);
    const fired = isTwin ? last.fired : instant(nowMs - chance.upTo(30_000));
    const transaction: UpstreamTransaction = {
      fired,
      sequence_nr: transactions.length + 1,
      type: chance.happens(0.7) ? 'update' : 'dial',
      status: newId('state '),
      user: chance.happens(0.8) ? 'agent' : null,
      task: chance.happens(0.5) ? 'fc_first' : 'qc_check',
      connections: chance.happens(0.6) ? [openConnection(newId('connection-'), nowMs, chance)] : [],
    };
    campaign.change(contact.id, fields, [...transactions, transaction], visibleMs, atMs);
  };

  /** Ends a call, or gives its recording a location: the line of an old transaction changes. */
  const finishTransaction = (contact: CampaignContact, nowMs: number, visibleMs: number) => {
    const { fields, transactions } = newestVersion(contact);
    const changed = chance.upTo(transactions.length);
    const done = transactions.map((transaction, at) =>
      at !== changed
        ? transaction
        : { ...transaction, status: newId('state '), connections: transaction.connections.map((c) => ended(c, nowMs)) },
    );
    if (transactions.length > 0) campaign.change(contact.id, fields, done, visibleMs);
  };

  const edit = (contact: CampaignContact, visibleMs: number) => {
    const { fields, transactions } = newestVersion(contact);
    campaign.change(contact.id, { ...fields, note: newId('note ') }, transactions, visibleMs);
  };

  const addPast = () => {
    const instants = Array.from({ length: PAST_RECORDS }, () => -chance.between(DAY_MS / 8, PAST_MS));
    for (const atMs of instants.sort((a, b) => a - b)) {
      addContact(atMs, atMs);
      const contact = [...campaign.contacts.values()].at(-1);
      for (let left = chance.upTo(MOST_PAST_TRANSACTIONS + 1); contact && left > 0; left -= 1) {
        const laterMs = atMs + (MOST_PAST_TRANSACTIONS - left) * MINUTE_MS;
        addTransaction(contact, laterMs, laterMs, laterMs);
      }
      campaign.calls.push(pastCall(newId(CALL_PREFIX), atMs));
    }
  };

  const call = createCallActivity(campaign, chance, newId);
  addPast();
  for (let nr = 0; nr < FIRST_CONTACTS; nr += 1) addContact(0);
  return {
    step(nowMs, eventLagMs) {
      const visibleMs = nowMs + eventLagMs;
      const contact = someone();
      const draw = chance.random();
      if (contact === undefined || draw < 0.1) return addContact(visibleMs);
      if (draw < 0.13) return campaign.remove(contact.id);
      if (draw < 0.25) return edit(contact, visibleMs);
      if (draw < 0.35) return call(nowMs);
      const isFull = newestVersion(contact).transactions.length >= MOST_TRANSACTIONS;
      if (draw < 0.6 || isFull) return finishTransaction(contact, nowMs, visibleMs);
      addTransaction(contact, nowMs, visibleMs);
    },
  };
}

/** Creates calls that come in, and hang up later. */
function createCallActivity(
  campaign: Campaign,
  chance: Chance,
  newId: (kind: string) => string,
): (nowMs: number) => void {
  return (nowMs) => {
    const open = campaign.calls.findLast(({ versions }) => versions.at(-1)?.values.hangup_time === null);
    const isRecent = open !== undefined && nowMs - open.startedMs < LONGEST_CALL_MS;
    if (isRecent && chance.happens(0.5)) {
      const values = { ...open.versions.at(-1)?.values, hangup_time: instant(nowMs) };
      open.versions.push({ atMs: nowMs, values });
      return;
    }
    const id = newId(CALL_PREFIX);
    const values = { id, campaign_id: CAMPAIGN, call_time: instant(nowMs), hangup_time: null };
    campaign.calls.push({ id, startedMs: nowMs, versions: [{ atMs: nowMs, values }] });
  };
}

function pastCall(id: string, startedMs: number): CampaignCall {
  const ended = instant(startedMs + MINUTE_MS);
  const values = { id, campaign_id: CAMPAIGN, call_time: instant(startedMs), hangup_time: ended };
  return { id, startedMs, versions: [{ atMs: startedMs, values }] };
}

function openConnection(id: string, nowMs: number, chance: Chance): UpstreamConnection {
  const recordings = chance.happens(0.5) ? [{ started: instant(nowMs) }] : [];
  return { id, started: instant(nowMs), disconnected: null, recordings };
}

function ended(connection: UpstreamConnection, nowMs: number): UpstreamConnection {
  return {
    ...connection,
    disconnected: instant(nowMs),
    recordings: connection.recordings.map(({ started }) => ({ started, location: `s3://${connection.id}` })),
  };
}

function instant(ms: number): string {
  return new Date(WORLD_BEGINS_MS + ms).toISOString();
}
