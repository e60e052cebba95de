import type { CallOptions, Stream } from '../contract/index.js';
import type { OutboxAccess } from './commit/outbox-access.js';
import type {
  AcceptedDelivery,
  DeliveryDetails,
  DeliverySummary,
  WaitingContact,
  WaitingDelivery,
} from './faces/reported-deliveries.js';
import { type DetailsWish, readDetails } from './report/attempt-queries.js';
import { readAccepted, readContacts, readSummary, readWaiting } from './report/report-queries.js';

/** What an administrator asks of an outbox, beside the daemon that works on it. No claim is needed. */
export interface DeliveryReport {
  summary(stream: Stream, options: CallOptions): Promise<DeliverySummary>;
  /** What waits, in the order it was queued, behind that place. */
  listWaiting(
    stream: Stream,
    options: CallOptions & { readonly failedOnly: boolean; readonly after?: number; readonly limit: number },
  ): Promise<readonly WaitingDelivery[]>;
  /** What waits, by contact: its first message, in the order of the queue, behind that place. */
  listContacts(
    stream: Stream,
    options: CallOptions & { readonly failedOnly: boolean; readonly after?: number; readonly limit: number },
  ): Promise<readonly WaitingContact[]>;
  /** What was accepted last, the newest first, for as long as attempts are kept. */
  listAccepted(stream: Stream, options: CallOptions & { readonly limit: number }): Promise<readonly AcceptedDelivery[]>;
  /** Messages in full, with their attempts, whether they wait or not. */
  details(
    stream: Stream,
    wish: DetailsWish,
    options: CallOptions & { readonly limit: number },
  ): Promise<readonly DeliveryDetails[]>;
}

export function createDeliveryReport(access: OutboxAccess): DeliveryReport {
  return {
    summary: (stream, options) => access.read((rows) => readSummary(rows, stream), options),
    listWaiting: (stream, options) => access.read((rows) => readWaiting(rows, stream, options), options),
    listContacts: (stream, options) => access.read((rows) => readContacts(rows, stream, options), options),
    details: (stream, wish, options) => access.read((rows) => readDetails(rows, stream, wish, options.limit), options),
    listAccepted: (stream, options) => access.read((rows) => readAccepted(rows, stream, options.limit), options),
  };
}
