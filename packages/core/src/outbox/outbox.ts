import type { SinkNotice, StoreSink, Stream } from '../contract/index.js';
import { createOutboxAccess } from './commit/outbox-access.js';
import { createDeliveryControl, type DeliveryControl } from './delivery-control.js';
import { createDeliveryReport, type DeliveryReport } from './delivery-report.js';
import type { DeliveryQueue } from './faces/delivery-queue.js';
import { BALLAST_BYTES, type Ballast, createBallast } from './file/reserve-file.js';
import { createOutboxQueue } from './outbox-queue.js';
import { createOutboxStore } from './outbox-store.js';

/** What an outbox is made from. */
export interface OutboxOptions {
  /** Of the campaign, and of `--stream` where there are several. Its folder is made, for its owner alone. */
  readonly file: string;
  /** Whose it is: one that has been another campaign's until now is refused. Default: whoever claims it. */
  readonly campaign?: Stream;
  /** A daemon makes what is missing; a command that only looks, or a unit that had one, refuses. Default: `create`. */
  readonly ifMissing?: 'create' | 'refuse';
  /** Origin and path of the endpoint, without secrets (R29). Left out by commands that only look. */
  readonly target?: string;
  /** The recorded target has moved to this one. */
  readonly adoptTarget?: boolean;
  /** What `--since` said at this start, ISO 8601: history that a wider filter lets through is queued from then on (R32). */
  readonly historySince?: string | null;
  /** The machine's clock, in milliseconds since 1970, for what is kept of deliveries. Leases have the real one always. */
  readonly now?: () => number;
  /** Room beside the file that is given up when the disk is full (R30). Default: 32 MiB; 0: none. */
  readonly ballastBytes?: number;
  /** How long attempts that have ended are kept, in milliseconds. Default: 30 days; 0: not at all. */
  readonly keepAttemptsMs?: number;
  /** For how long accepted messages keep their bodies, so that they can be sent again. Default: 0, not at all. */
  readonly keepAcceptedMs?: number;
  /** Hears of a file that was replaced or removed while it was open. */
  readonly notify?: (notice: SinkNotice) => void;
}

/**
 * What lies between the pipeline and an endpoint, in one file: messages, ledger, versions, progress and dead letters, which
 * commit together. Several processes may open it; one holds the stream.
 */
export interface Outbox {
  /** For the pipeline. It opens and closes the file for all three. */
  readonly store: StoreSink;
  /** For the delivery loop. */
  readonly queue: DeliveryQueue;
  /** For commands and metrics. */
  readonly report: DeliveryReport;
  /** For commands that ask the holder of the stream for an act. */
  readonly control: DeliveryControl;
}

const KEPT_MS = 30 * 86_400_000;

/** Touches nothing; `store.open` does. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { file, ballastBytes = BALLAST_BYTES } = options;
  return createOutboxOver(options, createBallast(`${file}-ballast`, ballastBytes));
}

export function createOutboxOver(options: OutboxOptions, ballast: Ballast): Outbox {
  const {
    file,
    campaign = null,
    ifMissing = 'create',
    target = null,
    adoptTarget = false,
    historySince = null,
  } = options;
  const { now = Date.now, notify = () => {} } = options;
  const { keepAttemptsMs: attemptsMs = KEPT_MS, keepAcceptedMs: acceptedMs = 0 } = options;
  const access = createOutboxAccess({ file, ifMissing, ballast, keeping: { attemptsMs, acceptedMs }, notify });
  return {
    store: createOutboxStore(access, { file, campaign, target, adoptTarget, historySince, now }),
    queue: createOutboxQueue(access, now, () => ballast.isMissing, notify),
    report: createDeliveryReport(access),
    control: createDeliveryControl(access, now),
  };
}
