import { existsSync } from 'node:fs';
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
import { logMode } from '../options/outbox-options.js';
import type { RunOptions } from '../options/run-options.js';
import { readSecretFile } from '../options/secret-file.js';
import { secretsOf } from '../options/secrets.js';
import { stateFile } from '../options/state-file.js';
import type { TargetOptions } from '../options/target-options.js';
import { hasEarlierLogs } from '../reporting/earlier-logs.js';
import type { CommandContext } from './command-context.js';
import { earlierClientStop } from './earlier-client.js';
import { asEndpoint, loadTarget } from './load-target.js';
import { createRenewedEndpoint } from './renewed-endpoint.js';

/** How often acts of `dbsync deliveries` are looked for: they are done within a second. */
const LOOK_EVERY_MS = 1_000;

/** More notices than a start has. */
const MAX_TOLD = 100;

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
  const told = new Set<string>();
  const notify = (notice: SinkNotice) => {
    if (told.size < MAX_TOLD) told.add(notice.message);
    observe({ type: 'notice', ...notice });
  };
  const endpoint = asEndpoint(await loadTarget(options.target, context, notify));
  const file = stateFile(webhook, campaign);
  const isLost = options.since === null && isLostState(options);
  const since = options.since ?? (isLost || existsSync(file) ? null : sinceOfEarlierClient(options, observe));
  if (webhook.newState && !hasEffect(options, file)) {
    const message = `--new-state has no effect: ${existsSync(file) ? `${file} exists, and is continued` : 'none was lost'}.`;
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
      endpoint: followUrlFile(endpoint, options.target, context, { notify, told }),
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
  { notify, told }: { readonly notify: (notice: SinkNotice) => void; readonly told: ReadonlySet<string> },
): EndpointSink {
  const file = context.values.get('url-file');
  if (file === undefined) return loaded.endpoint;
  const load = async (url: string) => {
    context.guard.protect(secretsOf(new Map([['url', url]]), optionList));
    // The endpoint of the new URL finds the same unsafe things, which are not reported again.
    const notifyOnce = (notice: SinkNotice) => void (told.has(notice.message) || notify(notice));
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

/**
 * True where a state file was lost (R28): logs of earlier runs show that there was one. A new start without it would
 * leave out the changes since then.
 *
 * @param ownLogs 0 for a command that opens no log of the mode
 */
export function isLostState(options: RunOptions, ownLogs: 0 | 1 = 1): boolean {
  return !options.webhook.newState && hadState(options, ownLogs);
}

function hadState({ campaign, webhook, log }: RunOptions, ownLogs: 0 | 1 = 1): boolean {
  return hasEarlierLogs({ campaign, mode: logMode('webhook', webhook) }, log.directory, ownLogs);
}

/** True where `--new-state` makes this run begin from now, which it would not do otherwise. */
function hasEffect(options: RunOptions, file: string): boolean {
  if (existsSync(file) || options.since !== null) return false;
  return hadState(options) || (options.webhook.stream === null && earlierClientStop(options.campaign) !== null);
}

/** The instant from which the next start sends transactions. */
export interface DeliveryStart {
  /** ISO 8601; null: now, or where the outbox stopped. */
  readonly since: string | null;
  readonly reason: string;
  /** True: a state file was lost, and a start is refused. */
  readonly isLost: boolean;
}

/** Returns the start that a run with these options takes, and does not report it. @param hasFile its state file exists */
export function deliveryStart(options: RunOptions, hasFile: boolean): DeliveryStart {
  const { since, campaign, webhook } = options;
  if (since !== null) return { since, reason: 'as --since says', isLost: false };
  if (!hasFile && isLostState(options)) return { since: null, reason: 'an earlier state file is gone', isLost: true };
  const stop = hasFile || webhook.newState || webhook.stream !== null ? null : earlierClientStop(campaign);
  if (stop === null) return { since: null, reason: 'no --since is given', isLost: false };
  return { since: stop.at, reason: `the old client stopped there, as ${stop.file} says`, isLost: false };
}

/**
 * Returns the start for the first run after the old client: where that one stopped. The old client knew one receiver
 * alone, so an outbox with a name begins now, and so does a new outbox.
 */
function sinceOfEarlierClient({ campaign, webhook }: RunOptions, observe: Observer): string | null {
  const stop = webhook.newState ? null : earlierClientStop(campaign);
  if (stop === null) return null;
  const isSuccessor = webhook.stream === null;
  const what = isSuccessor
    ? 'deliveries begin there.'
    : `deliveries of --stream ${webhook.stream} begin now nevertheless; --since ${stop.at} would have them begin there.`;
  const message = `The old client stopped at ${stop.at}, as ${stop.file} says: ${what}`;
  observe({ type: 'notice', level: 'info', code: 'CLI_EARLIER_CLIENT', message });
  return isSuccessor ? stop.at : null;
}
