import { systemClock } from '../concurrency/clock.js';
import type { SinkNotice, StoreSink, Stream } from '../contract/index.js';
import { createOutboxAccess } from './commit/outbox-access.js';
import { createDeliveryControl, type DeliveryControl } from './delivery-control.js';
import { createDeliveryReport, type DeliveryReport } from './delivery-report.js';
import type { DeliveryQueue } from './faces/delivery-queue.js';
import { BALLAST_BYTES, type Ballast, createBallast } from './file/reserve-file.js';
import { createOutboxQueue } from './outbox-queue.js';
import { createOutboxStore } from './outbox-store.js';
import { createBeatClock } from './rows/beat-clock.js';

/** The settings of an outbox. */
export interface OutboxOptions {
  /**
   * The file of the campaign, and of `--stream` if there are several. Its folder is created, readable by its owner
   * alone.
   */
  readonly file: string;
  /**
   * The campaign. A file that belonged to another campaign until now is refused. Default: the campaign that claims it.
   */
  readonly campaign?: Stream;
  /**
   * `create`: a missing file is created, as by a daemon. `refuse`: a missing file is an error, for a command that only
   * reads, or a service that already had one. Default: `create`.
   */
  readonly ifMissing?: 'create' | 'refuse';
  /**
   * True for a command that changes nothing: the file is opened read-only. A file that is missing, or that an earlier
   * version of dbsync wrote, is refused. Default: false.
   */
  readonly onlyLooks?: boolean;
  /** Origin and path of the endpoint, without secrets (R29). Commands that only read leave it out. */
  readonly target?: string;
  /** True if the recorded target has moved to this one. */
  readonly adoptTarget?: boolean;
  /**
   * The instant of `--since` at this start, ISO 8601: history that a wider filter lets through is queued from then on
   * (R32).
   */
  readonly historySince?: string | null;
  /**
   * The machine's clock, in milliseconds since 1970, for the stored times of deliveries. Leases always use the real
   * clock.
   */
  readonly now?: () => number;
  /** Milliseconds of a clock that is never set. Default: that of the process. */
  readonly monotonic?: () => number;
  /**
   * The size of the reserve file beside the state file, which is deleted when the disk is full (R30). Default: 32 MiB;
   * 0: none.
   */
  readonly ballastBytes?: number;
  /** The time for which attempts that have ended are kept, in milliseconds. Default: 30 days; 0: not at all. */
  readonly keepAttemptsMs?: number;
  /**
   * The time for which accepted messages keep their bodies, in milliseconds, so that they can be sent again. Default: 0, not at
   * all.
   */
  readonly keepAcceptedMs?: number;
  /** Called when the file was replaced or removed while it was open, and for messages that cannot be read. */
  readonly notify?: (notice: SinkNotice) => void;
}

/**
 * The state between the pipeline and an endpoint, in one file: messages, ledger, versions, progress and dead letters,
 * which commit together. Several processes may open the file; one of them holds the stream.
 */
export interface Outbox {
  /** For the pipeline. It opens and closes the file for all parts of the outbox. */
  readonly store: StoreSink;
  /** For the delivery loop. */
  readonly queue: DeliveryQueue;
  /** For commands and metrics. */
  readonly report: DeliveryReport;
  /** For commands that ask the holder of the stream for an act. */
  readonly control: DeliveryControl;
}

const KEPT_MS = 30 * 86_400_000;

/** Creates an outbox without touching the file; `store.open` opens it. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { file, ballastBytes = BALLAST_BYTES } = options;
  return createOutboxOver(options, createBallast(`${file}-ballast`, ballastBytes));
}

export function createOutboxOver(options: OutboxOptions, ballast: Ballast): Outbox {
  const {
    file,
    campaign = null,
    ifMissing = 'create',
    onlyLooks = false,
    target = null,
    adoptTarget = false,
    historySince = null,
  } = options;
  const { now = Date.now, monotonic = systemClock.monotonic, notify = () => {} } = options;
  const { keepAttemptsMs: attemptsMs = KEPT_MS, keepAcceptedMs: acceptedMs = 0 } = options;
  const keeping = { attemptsMs, acceptedMs };
  const access = createOutboxAccess({
    file,
    opens: onlyLooks ? 'look' : ifMissing,
    ballast,
    keeping,
    clock: createBeatClock(monotonic),
    notify,
  });
  return {
    store: createOutboxStore(access, { file, campaign, target, adoptTarget, historySince, now }),
    queue: createOutboxQueue(access, now, () => ballast.isMissing, notify),
    report: createDeliveryReport(access),
    control: createDeliveryControl(access, now),
  };
}
