import { existsSync } from 'node:fs';
import {
  createOutbox,
  DEFAULT_SCHEDULE,
  type DeliverySettings,
  guardStore,
  type Observer,
  type OpenableSink,
  parseAttemptSchedule,
} from '@dbsync/core';
import { asBadInput } from '../exit-code.js';
import { logMode } from '../options/outbox-options.js';
import type { RunOptions } from '../options/run-options.js';
import { stateFile } from '../options/state-file.js';
import { hasEarlierLogs } from '../reporting/log-file.js';
import type { CommandContext } from './command-context.js';
import { earlierClientStop } from './earlier-client.js';
import { asEndpoint, loadTarget } from './load-target.js';

/** What a run of mode webhook works with: the outbox, and what carries deliveries out of it. */
export interface WebhookTarget {
  readonly sink: OpenableSink;
  readonly delivery: DeliverySettings;
  /** Where it begins; null: where it stopped, or now. */
  readonly since: string | null;
}

export async function webhookTarget(
  options: RunOptions,
  context: CommandContext,
  observe: Observer,
): Promise<WebhookTarget> {
  const { campaign, webhook } = options;
  const { rate, burst, concurrency, backoff, adoptUrl } = webhook;
  const schedule = backoff === null ? DEFAULT_SCHEDULE : readSchedule(backoff);
  const endpoint = asEndpoint(
    await loadTarget(options.target, context, (notice) => observe({ type: 'notice', ...notice })),
  );
  const file = stateFile(webhook, campaign);
  const since = options.since ?? (existsSync(file) ? null : sinceOfEarlierClient(campaign, observe));
  const { store, queue } = createOutbox({
    file,
    target: endpoint.identity,
    adoptTarget: adoptUrl,
    historySince: since,
    ifMissing: since === null && isLost(options) ? 'refuse' : 'create',
  });
  return {
    sink: { store: guardStore(store), target: endpoint.target, plan: endpoint.plan },
    delivery: { queue, endpoint: endpoint.endpoint, schedule, rate: { perSecond: rate, burst }, concurrency },
    since,
  };
}

function readSchedule(text: string) {
  try {
    return parseAttemptSchedule(text);
  } catch (error) {
    throw asBadInput(error);
  }
}

/** R28: logs of earlier runs tell that there was a state file; to begin without it would leave out what came since. */
function isLost({ campaign, webhook, log }: RunOptions): boolean {
  return !webhook.newState && hasEarlierLogs({ campaign, mode: logMode('webhook', webhook) }, log.directory);
}

/** The first run behind the old client goes on where that one stopped. */
function sinceOfEarlierClient(campaign: string, observe: Observer): string | null {
  const stop = earlierClientStop(campaign);
  if (stop === null) return null;
  const message = `The old client stopped at ${stop.at}, as ${stop.file} says: deliveries begin there.`;
  observe({ type: 'notice', level: 'info', code: 'CLI_EARLIER_CLIENT', message });
  return stop.at;
}
