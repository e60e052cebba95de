import { hash } from 'node:crypto';
import { type ExpectedRecord, expectedRecords } from './expected-records.ts';
import { CAMPAIGN } from './simulated-target.ts';
import { WORLD_BEGINS_MS } from './virtual-globals.ts';

/** A transaction as the API gives it. */
export interface UpstreamTransaction {
  readonly fired: string;
  readonly sequence_nr: number;
  readonly type: string;
  readonly status: string;
  readonly user: string | null;
  readonly task: string;
  readonly connections: readonly UpstreamConnection[];
}

export interface UpstreamConnection {
  readonly id: string;
  readonly started: string;
  readonly disconnected: string | null;
  readonly recordings: readonly { readonly started: string; readonly location?: string }[];
}

/** The state of a contact from one change to the next. Instants are milliseconds of true time. */
export interface ContactVersion {
  /** A number that rises with every change in the campaign; the body has it as `$version`. */
  readonly nr: number;
  readonly atMs: number;
  readonly md5: string;
  /** The body, as JSON. */
  readonly text: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly transactions: readonly UpstreamTransaction[];
  /** The records that a whole copy holds. */
  readonly records: readonly ExpectedRecord[];
}

export interface CampaignContact {
  readonly id: string;
  /** The oldest first, never empty. */
  readonly versions: ContactVersion[];
  deletedMs: number | null;
}

/** The place of a transaction in the log of events, with all states of its line. */
export interface EventEntry {
  readonly firedMs: number;
  readonly contactId: string;
  readonly key: string;
  readonly lines: { visibleMs: number; readonly line: string }[];
}

export interface CampaignCall {
  readonly id: string;
  readonly startedMs: number;
  readonly versions: { readonly atMs: number; readonly values: Readonly<Record<string, string | null>> }[];
}

/** The truth of one world: a small campaign with all its past, so that a replica of any age can be asked. */
export interface Campaign {
  readonly contacts: Map<string, CampaignContact>;
  /** The events by `firedMs`. */
  readonly events: EventEntry[];
  /** The calls by `startedMs`. */
  readonly calls: CampaignCall[];
  readonly fields: string[];
  /** Adds a version. Transactions that are new or differ get a line, seen from `visibleMs` on. `atMs` is the instant of the change; default: now. */
  change(
    contactId: string,
    fields: Readonly<Record<string, string>>,
    transactions: readonly UpstreamTransaction[],
    visibleMs: number,
    atMs?: number,
  ): void;
  remove(contactId: string): void;
}

/**
 * Creates a campaign. @param nowMs true time
 * @param onChange called when a contact has changed or is gone
 */
export function createCampaign(nowMs: () => number, onChange: (contact: CampaignContact) => void): Campaign {
  const contacts = new Map<string, CampaignContact>();
  const events: EventEntry[] = [];
  const entries = new Map<string, EventEntry>();
  let versionNr = 0;

  const tell = (contactId: string, transaction: UpstreamTransaction, visibleMs: number) => {
    const key = `${transaction.fired}${String(transaction.sequence_nr).padStart(4, '0')}`;
    const line = `${key}|${md5(JSON.stringify(transaction))}|${contactId}`;
    const known = entries.get(contactId + key);
    if (known) {
      if (known.lines.at(-1)?.line !== line) known.lines.push({ visibleMs, line });
      return;
    }
    const entry = {
      firedMs: Date.parse(transaction.fired) - WORLD_BEGINS_MS,
      contactId,
      key,
      lines: [{ visibleMs, line }],
    };
    entries.set(contactId + key, entry);
    insertSorted(events, entry, ({ firedMs }) => firedMs);
  };

  return {
    contacts,
    events,
    calls: [],
    fields: ['name', 'note'],
    change(contactId, fields, transactions, visibleMs, atMs = nowMs()) {
      versionNr += 1;
      const head = { $id: contactId, $campaign_id: CAMPAIGN, $version: String(versionNr) };
      const body = { ...head, ...fields, $task_log: [{ transactions }] };
      const digest = md5(JSON.stringify(body));
      const version: ContactVersion = {
        nr: versionNr,
        atMs,
        md5: digest,
        text: JSON.stringify({ ...body, $md5: digest }),
        fields,
        transactions,
        records: expectedRecords(contactId, transactions),
      };
      const contact = contacts.get(contactId) ?? { id: contactId, versions: [], deletedMs: null };
      contact.versions.push(version);
      contacts.set(contactId, contact);
      for (const transaction of transactions) tell(contactId, transaction, visibleMs);
      onChange(contact);
    },
    remove(contactId) {
      const contact = contacts.get(contactId);
      if (contact === undefined) return;
      contact.deletedMs = nowMs();
      onChange(contact);
    },
  };
}

/** Returns the version that a replica of this age shows; undefined: it has no such contact. */
export function versionAt({ versions, deletedMs }: CampaignContact, instantMs: number): ContactVersion | undefined {
  if (deletedMs !== null && deletedMs <= instantMs) return undefined;
  for (let at = versions.length - 1; at >= 0; at -= 1) {
    const version = versions[at];
    if (version && version.atMs <= instantMs) return version;
  }
  return undefined;
}

export function newestVersion({ versions }: CampaignContact): ContactVersion {
  return versions[versions.length - 1] as ContactVersion;
}

/** Inserts an item after all that are not greater. */
export function insertSorted<T>(items: T[], item: T, keyOf: (item: T) => number): void {
  let at = items.length;
  while (at > 0 && keyOf(items[at - 1] as T) > keyOf(item)) at -= 1;
  items.splice(at, 0, item);
}

/** Returns the index of the first item whose key is at least this. */
export function firstAtLeast<T>(items: readonly T[], key: number, keyOf: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyOf(items[middle] as T) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function md5(text: string): string {
  return hash('md5', text);
}

export const CALL_PREFIX = 'call-';

/** True for the id of an inbound call, false for that of a contact. */
export function isCallId(id: string): boolean {
  return id.startsWith(CALL_PREFIX);
}
