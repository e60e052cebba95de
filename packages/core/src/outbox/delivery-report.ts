import type { CallOptions, Stream } from '../contract/index.js';
import type { OutboxAccess } from './commit/outbox-access.js';
import type {
  AcceptedDelivery,
  DeliveryDetails,
  DeliverySummary,
  WaitingContact,
  WaitingDelivery,
} from './faces/reported-deliveries.js';
import { type DeliveryDetailsSelection, readDetails } from './report/attempt-queries.js';
import { readAccepted, readContacts, readSummary, readWaiting } from './report/report-queries.js';
import { readFates, type TransactionFates, type TransactionOfApi } from './report/transaction-fates.js';

/** The reports that an administrator reads from an outbox, while the daemon works on it. No claim is needed. */
export interface DeliveryReport {
  summary(stream: Stream, options: CallOptions): Promise<DeliverySummary>;
  /** Returns the waiting messages after a place, in the order in which they were queued. */
  listWaiting(
    stream: Stream,
    options: CallOptions & { readonly failedOnly: boolean; readonly after?: number; readonly limit: number },
  ): Promise<readonly WaitingDelivery[]>;
  /** Returns the contacts with waiting messages after a place: the first message of each, in the order of the queue. */
  listContacts(
    stream: Stream,
    options: CallOptions & { readonly failedOnly: boolean; readonly after?: number; readonly limit: number },
  ): Promise<readonly WaitingContact[]>;
  /** Returns the last accepted messages, the newest first, for as long as attempts are kept. */
  listAccepted(stream: Stream, options: CallOptions & { readonly limit: number }): Promise<readonly AcceptedDelivery[]>;
  /** Returns messages in full, with their attempts, whether they wait or not. */
  details(
    stream: Stream,
    selection: DeliveryDetailsSelection,
    options: CallOptions & { readonly limit: number },
  ): Promise<readonly DeliveryDetails[]>;
  /** Compares transactions, as the API has them now, with what was queued and accepted. */
  fates(stream: Stream, transactions: readonly TransactionOfApi[], options: CallOptions): Promise<TransactionFates>;
}

export function createDeliveryReport(access: OutboxAccess): DeliveryReport {
  return {
    summary: (stream, options) => access.read((rows) => readSummary(rows, stream), options),
    listWaiting: (stream, options) => access.read((rows) => readWaiting(rows, stream, options), options),
    listContacts: (stream, options) => access.read((rows) => readContacts(rows, stream, options), options),
    details: (stream, selection, options) =>
      access.read((rows) => readDetails(rows, stream, selection, options.limit), options),
    fates: (stream, transactions, options) => access.read((rows) => readFates(rows, stream, transactions), options),
    listAccepted: (stream, options) => access.read((rows) => readAccepted(rows, stream, options.limit), options),
  };
}
