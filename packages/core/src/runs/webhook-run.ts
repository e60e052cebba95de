import type { CallOptions, StoreSink } from '../contract/index.js';
import { createDeliveryLoop, type DeliveryLoop } from '../deliver/delivery-loop.js';
import { createTokenBucket } from '../deliver/token-bucket.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import type { DeliveryStatus, Observer, RunSummary } from '../observe/run-events.js';
import { daemonRun } from './daemon-run.js';
import { createDeletedCheck } from './deleted-contacts.js';
import type { LagWatch } from './lag-watch.js';
import type { RunContext, RunSettings } from './run-settings.js';
import type { Session, SessionFrame } from './session.js';
import { keepCurrent } from './sync-run.js';

/** Runs `webhook`: keeps an outbox current as `db_sync` does a database, and beside it delivers its messages. */
export async function webhookRun(settings: RunSettings, context: RunContext): Promise<RunSummary> {
  const { delivery, sink } = settings;
  if (delivery === null) throw new DbsyncError('SINK_MISUSED', 'A run of mode webhook needs a target of deliveries.');
  const bucket = createTokenBucket(delivery.rate);
  let isOpen = false;
  let loop: DeliveryLoop | null = null;

  const prepare = async (options: CallOptions) => {
    if (!isOpen) await delivery.endpoint.open(options);
    isOpen = true;
  };
  const run = async (session: Session, watch: LagWatch) => {
    const { claim, observe, stop, halt } = session;
    const { queue } = session.settings.delivery ?? delivery;
    const deletedOf = createDeletedCheck(session);
    const parts = { queue, bucket, claim, clock: context.clock, observe, stop, halt, deletedOf };
    loop = createDeliveryLoop({ ...delivery, ...parts });
    await together(session, [keepCurrent(session, watch), loop.run()]);
  };

  const observe = tellingStatus(context.observe, () => loop?.status ?? null);

  try {
    const store = wakingStore(sink.store, () => loop?.wake());
    return await daemonRun({ ...settings, sink: { ...sink, store } }, { ...context, observe }, { prepare, run });
  } finally {
    await delivery.endpoint.close();
  }
}

/** Adds the state of deliveries to each cycle. */
function tellingStatus(observe: Observer, status: () => DeliveryStatus | null): Observer {
  return (event) => {
    const deliveries = event.type === 'cycle' ? status() : null;
    observe(deliveries === null || event.type !== 'cycle' ? event : { ...event, deliveries });
  };
}

/** Ends when both parts have ended; a failure of one ends the other. */
async function together({ abandon }: SessionFrame, parts: readonly Promise<void>[]): Promise<void> {
  for (const part of parts) part.catch(abandon);
  const ends = await Promise.allSettled(parts);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Calls `wake` after each commit, since it may have brought a message. */
function wakingStore(store: StoreSink, wake: () => void): StoreSink {
  return {
    ...store,
    write: async (batch, claim, options) => {
      const result = await store.write(batch, claim, options);
      wake();
      return result;
    },
  };
}
