import type { ContactChangeKind } from '../contact/contact-changes.js';

/** The options of a campaign. The same options make the same campaign, to the byte. */
export interface CampaignOptions {
  readonly seed: number;
  /** The campaign's id. */
  readonly campaign: string;
  /** The number of contacts of the past; bodies are made on demand, so a million costs nothing. */
  readonly contacts: number;
  /** The mean number of transactions of a contact of the past. */
  readonly transactions: number;
  /** The number of custom fields of a contact. */
  readonly fields: number;
  /** The number of inbound calls of the past. */
  readonly inboundCalls: number;
  /** One contact and one inbound call of this number are hostile; 0: none. */
  readonly hostileEvery: number;
  /** The end of the past, UTC. */
  readonly historyEndMs: number;
  /** The length of the past. */
  readonly historyDays: number;
  /** Changes of these kinds leave a contact's md5 as it is: an upstream whose md5 proves nothing. */
  readonly md5IgnoresKinds: readonly ContactChangeKind[];
}
