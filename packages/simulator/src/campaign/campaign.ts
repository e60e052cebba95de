import { type CustomField, customFields, hostileFields, numberedField } from '../contact/custom-fields.js';
import { createTimeline } from '../contact/timeline.js';
import type { CampaignOptions } from './campaign-options.js';
import { type ContactStore, createContactStore } from './contact-store.js';
import { createEventLines, type EventLines } from './event-lines.js';
import { createInboundCalls, type InboundCalls } from './inbound-calls.js';
import { createListing, type Listing } from './listing.js';

/** All data of one campaign. */
export interface Campaign {
  readonly contacts: ContactStore;
  readonly listing: Listing;
  readonly events: EventLines;
  readonly inbound: InboundCalls;
  /** The fields of the list of fields, in order. */
  readonly fields: readonly CustomField[];
  /** Makes one more field. */
  addField(): CustomField;
  /** The first contact of the past that changed at or after that instant. */
  firstChangedSince(ms: number): number;
}

export function createCampaign(options: CampaignOptions): Campaign {
  const { seed, campaign, hostileEvery } = options;
  const timeline = createTimeline({
    seed,
    contacts: options.contacts,
    transactions: options.transactions,
    startMs: options.historyEndMs - options.historyDays * 86_400_000,
    endMs: options.historyEndMs,
  });
  const ownFields = customFields(options.fields);
  const contacts = createContactStore({
    seed,
    campaign,
    timeline,
    fields: ownFields,
    hostileEvery,
    md5IgnoresKinds: options.md5IgnoresKinds,
  });
  const fields = [...ownFields, ...(hostileEvery > 0 ? hostileFields() : [])];
  let nextNumber = 1000 + ownFields.length;
  return {
    contacts,
    listing: createListing(timeline.contacts),
    events: createEventLines(timeline, contacts),
    inbound: createInboundCalls({
      seed,
      campaign,
      calls: options.inboundCalls,
      startMs: timeline.startMs,
      endMs: timeline.endMs,
      hostileEvery,
      contactIds: { count: timeline.contacts, idOf: contacts.idOf },
    }),
    fields,
    addField: () => {
      const field = numberedField(nextNumber++);
      fields.push(field);
      return field;
    },
    firstChangedSince: timeline.firstChangedSince,
  };
}
