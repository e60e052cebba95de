import type { ContactChangeKind } from '../contact/contact-changes.js';

/** What a campaign is made of. The same options make the same campaign, to the byte. */
export interface CampaignOptions {
  readonly seed: number;
  /** The campaign's id. */
  readonly campaign: string;
  /** Contacts of the past; bodies are made on demand, so a million costs nothing. */
  readonly contacts: number;
  /** Mean number of transactions a contact of the past. */
  readonly transactions: number;
  /** Custom fields a contact. */
  readonly fields: number;
  /** Inbound calls of the past. */
  readonly inboundCalls: number;
  /** Every so many contacts and inbound calls one is hostile; 0: none. */
  readonly hostileEvery: number;
  /** When the past ends, UTC. */
  readonly historyEndMs: number;
  /** How long the past is. */
  readonly historyDays: number;
  /** Changes of these kinds leave a contact's md5 as it is: an upstream whose md5 proves nothing. */
  readonly md5IgnoresKinds: readonly ContactChangeKind[];
}
