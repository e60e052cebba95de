import type { CallOptions, Stream } from '../contract/index.js';
import type { OutboxAccess } from './outbox-access.js';
import { readAccepted, readSummary, readWaiting } from './report-queries.js';
import type { AcceptedDelivery, DeliverySummary, WaitingDelivery } from './reported-deliveries.js';

/** What an administrator asks of an outbox, beside the daemon that works on it. No claim is needed. */
export interface DeliveryReport {
  summary(stream: Stream, options: CallOptions): Promise<DeliverySummary>;
  /** What waits, in the order it was queued, behind that place. */
  listWaiting(
    stream: Stream,
    options: CallOptions & { readonly failedOnly: boolean; readonly after?: number; readonly limit: number },
  ): Promise<readonly WaitingDelivery[]>;
  /** What was accepted last, the newest first. Only the last thousand are remembered. */
  listAccepted(stream: Stream, options: CallOptions & { readonly limit: number }): Promise<readonly AcceptedDelivery[]>;
}

export function createDeliveryReport(access: OutboxAccess): DeliveryReport {
  return {
    summary: (stream, options) => access.read((rows) => readSummary(rows, stream), options),
    listWaiting: (stream, options) => access.read((rows) => readWaiting(rows, stream, options), options),
    listAccepted: (stream, options) => access.read((rows) => readAccepted(rows, stream, options.limit), options),
  };
}
