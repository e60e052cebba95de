import {
  createOutbox,
  DEFAULT_ATTEMPT_SCHEDULE,
  type DeliverySettings,
  guardStore,
  type LoadedEndpoint,
  type Observer,
  type OpenableSink,
  parseAttemptSchedule,
} from '@dbsync/core';
import type { EndpointSink, SinkNotice } from '@dbsync/core/contract';
import { asBadInput } from '../exit-code.js';
import { optionList } from '../options/option-list.js';
import type { RunOptions } from '../options/run-options.js';
import { readSecretFile } from '../options/secret-file.js';
import { secretsOf } from '../options/secrets.js';
import { stateFile } from '../options/state-file.js';
import type { TargetOptions } from '../options/target-options.js';
import type { CommandContext } from './command-context.js';
import { deliveryStart, newStateHasEffect } from './delivery-start.js';
import { asEndpoint, loadTarget } from './load-target.js';
import { createRenewedEndpoint } from './renewed-endpoint.js';

/** The interval at which dbsync looks for acts of `dbsync deliveries`: they are done within a second. */
const LOOK_EVERY_MS = 1_000;

/** The most notices: more than a start has. */
const MAX_REPORTED = 100;

/** The parts of a run in webhook mode: the outbox, and the sender of deliveries. */
export interface WebhookTarget {
  readonly sink: OpenableSink;
  readonly delivery: DeliverySettings;
  /** The start; null: where it stopped, or now. */
  readonly since: string | null;
}

export async function webhookTarget(
  options: RunOptions,
  context: CommandContext,
  observe: Observer,
): Promise<WebhookTarget> {
  const { campaign, webhook } = options;
  const { rate, burst, concurrency, backoff, adoptUrl, keepAcceptedMs, keepAttemptsMs } = webhook;
  const schedule = backoff === null ? DEFAULT_ATTEMPT_SCHEDULE : readSchedule(backoff);
  const reported = new Set<string>();
  const notify = (notice: SinkNotice) => {
    if (reported.size < MAX_REPORTED) reported.add(notice.message);
    observe({ type: 'notice', ...notice });
  };
  const endpoint = asEndpoint(await loadTarget(options.target, context, notify));
  const file = stateFile(webhook, campaign);
  const start = deliveryStart(options, file, 1);
  const { since, isLost, hasState, note } = start;
  if (note !== null) observe({ type: 'notice', level: 'info', code: 'CLI_EARLIER_CLIENT', message: note });
  if (webhook.newState && !newStateHasEffect(options, start)) {
    const message = `--new-state has no effect: ${hasState ? `${file} exists, and is continued` : 'none was lost'}.`;
    notify({ level: 'info', code: 'CLI_OPTION_IDLE', message });
  }
  const { store, queue } = createOutbox({
    file,
    campaign,
    target: endpoint.identity,
    adoptTarget: adoptUrl,
    historySince: since,
    keepAcceptedMs,
    keepAttemptsMs,
    ifMissing: isLost ? 'refuse' : 'create',
    notify,
  });
  return {
    sink: { store: guardStore(store), target: endpoint.target, plan: endpoint.plan },
    delivery: {
      queue,
      endpoint: followUrlFile(endpoint, options.target, context, { notify, reported }),
      schedule,
      rate: { perSecond: rate, burst },
      concurrency,
      lookEveryMs: LOOK_EVERY_MS,
    },
    since,
  };
}

/** Returns the endpoint whose URL is in a file: a password or a query may be renewed there. */
function followUrlFile(
  loaded: LoadedEndpoint,
  target: TargetOptions,
  context: CommandContext,
  { notify, reported }: { readonly notify: (notice: SinkNotice) => void; readonly reported: ReadonlySet<string> },
): EndpointSink {
  const file = context.values.get('url-file');
  if (file === undefined) return loaded.endpoint;
  const load = async (url: string) => {
    context.guard.protect(secretsOf(new Map([['url', url]]), optionList));
    // The endpoint of the new URL finds the same unsafe things, which are not reported again.
    const notifyOnce = (notice: SinkNotice) => void (reported.has(notice.message) || notify(notice));
    return asEndpoint(await loadTarget({ ...target, url }, context, notifyOnce));
  };
  return createRenewedEndpoint(loaded, {
    file,
    url: target.url,
    read: () => readSecretFile(file, 'url-file'),
    load,
    notify,
  });
}

function readSchedule(text: string) {
  try {
    return parseAttemptSchedule(text);
  } catch (error) {
    throw asBadInput(error);
  }
}
