import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RequestCounts } from './api/request-counts.js';
import { createRequestHandler } from './api/request-handler.js';
import { type Activity, createActivity } from './campaign/activity.js';
import { createCampaign } from './campaign/campaign.js';
import { createFaultPlan, type FaultPlan } from './faults/fault-plan.js';
import { type SimulatorOptions, withDefaults } from './simulator-options.js';

/** A running upstream. */
export interface Simulator {
  /** The address without a slash at its end, as `--api-url` takes it. */
  readonly url: string;
  readonly token: string;
  /** The campaign's id. */
  readonly campaign: string;
  /** The end of the past: with it, the seed and the sizes the same campaign can be made again. */
  readonly historyEndMs: number;
  readonly clock: { now(): number };
  readonly activity: Activity;
  readonly faults: Pick<FaultPlan, 'set' | 'clear' | 'struck'>;
  /** The number of requests of each endpoint, and of bodies that went out. */
  readonly requests: RequestCounts;
  /** Ends all connections and all activity. A second call does nothing. */
  close(): Promise<void>;
}

/** Starts an upstream on this machine. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const full = withDefaults(options);
  const { seed, clock, token, campaign: campaignId } = full;
  const campaign = createCampaign(full);
  const activity = createActivity(campaign, { seed, clock, mix: full.activityMix });
  const faults = createFaultPlan(seed, clock);
  faults.set(full.faults);
  const closing = new AbortController();
  const { handle, counts } = createRequestHandler({
    ...full,
    campaignId,
    campaign,
    activity,
    faults,
    signal: closing.signal,
  });
  const server = createServer(
    { noDelay: true, keepAlive: true },
    (request, response) => void handle(request, response),
  );
  server.keepAliveTimeout = 60_000;
  server.listen(full.port, full.host);
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    token,
    campaign: campaignId,
    historyEndMs: full.historyEndMs,
    clock,
    activity,
    faults,
    requests: counts,
    close: async () => {
      if (closing.signal.aborted) return;
      closing.abort();
      activity.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
