import type { Observer } from '@dbsync/core';
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import type { MetricsOptions } from '../options/run-options.js';
import type { CampaignBoard, CampaignCondition } from './campaign-board.js';
import { createRunMetrics } from './metrics-registry.js';
import { type MetricsPage, type MetricsServer, startMetricsServer } from './metrics-server.js';

/** The pages of a process for monitoring: `/metrics`, `/livez` and `/readyz`. Served until it is disposed of. */
export interface Metrics extends MetricsServer {
  /** Adds a campaign to the pages. Dispose of it to take the campaign out again. */
  follow(board: CampaignBoard): FollowedCampaign;
}

/** A campaign on the pages. */
export interface FollowedCampaign extends Disposable {
  /** Updates the metrics. Call it after the observer of the board. */
  readonly observe: Observer;
}

export interface MetricsContext {
  /** Codes that may become labels; more may be added. */
  readonly codes: Readonly<Record<string, unknown>>;
  readonly version: string;
  /** True where the process may have several campaigns: each metric of one has the label `campaign`. */
  readonly hasMany: boolean;
}

/** Opens the pages. Throws `CLI_METRICS_PORT` where it cannot listen. */
export async function openMetrics(
  options: MetricsOptions,
  { codes, version, hasMany }: MetricsContext,
): Promise<Metrics> {
  const followed = new Map<CampaignBoard, Registry>();
  const ofProcess = new Registry();
  const isKnownCode = (code: string) => Object.hasOwn(codes, code);
  const metricsPage = async () => {
    const ofCampaigns = hasMany ? await together([...followed.values()]) : [...followed.values()];
    const texts = await Promise.all([...ofCampaigns, ofProcess].map((registry) => registry.metrics()));
    return { status: 200, contentType: ofProcess.contentType, body: texts.join('\n') };
  };
  const boards = () => [...followed.keys()];
  const pages = new Map<string, () => Promise<MetricsPage>>([
    ['/metrics', metricsPage],
    // A process that answers is alive: it waits for the end of an outage, and a restart would not shorten it.
    ['/livez', async () => jsonLine(200, { alive: true })],
    ['/readyz', async () => (hasMany ? readyPageOfAll(boards()) : readyPage(boards()[0]))],
  ]);
  const server = await startMetricsServer(options, pages);
  // The monitors of these metrics belong to the process and do not hold it open: only a server that listens starts
  // them.
  collectDefaultMetrics({ register: ofProcess });
  return {
    ...server,
    follow(board) {
      const { registry, observe } = createRunMetrics({ figures: board.figures, isKnownCode, version });
      if (hasMany) registry.setDefaultLabels({ campaign: board.name });
      followed.set(board, registry);
      const own = `/readyz/${board.name}`;
      if (hasMany) pages.set(own, async () => readyPageOfOne(board));
      return {
        observe,
        [Symbol.dispose]: () => {
          followed.delete(board);
          pages.delete(own);
        },
      };
    },
  };
}

/** Returns one registry with the metrics of all: a page may have each name once. */
async function together(registries: readonly Registry[]): Promise<readonly Pick<Registry, 'metrics'>[]> {
  if (registries.length === 0) return [];
  const found = await Promise.all(registries.map((registry) => registry.getMetricsAsJSON()));
  return [AggregatorRegistry.aggregate(found)];
}

/** Returns the page of a process with one campaign. A run without cycles is never ready: it ends. */
function readyPage(board: CampaignBoard | undefined): MetricsPage {
  const { ready, state, lastCycleAgeSeconds } = board === undefined ? STARTING : readinessIn(board);
  const answer = state === 'copying' ? { ready: false, state: 'late' } : { ready, state };
  return jsonLine(answer.ready ? 200 : 503, { ...answer, lastCycleAgeSeconds });
}

function readyPageOfOne(board: CampaignBoard): MetricsPage {
  const answer = readinessIn(board);
  return jsonLine(answer.ready ? 200 : 503, answer);
}

/** Returns the page of all campaigns: ready is a process whose campaigns all are. */
function readyPageOfAll(boards: readonly CampaignBoard[]): MetricsPage {
  const campaigns = boards.map((board) => ({ name: board.name, ...readinessIn(board) }));
  const ready = campaigns.length > 0 && campaigns.every((campaign) => campaign.ready);
  return jsonLine(ready ? 200 : 503, { ready, campaigns });
}

interface ReadinessAnswer {
  readonly ready: boolean;
  readonly state: CampaignCondition;
  readonly lastCycleAgeSeconds: number | null;
}

const STARTING: ReadinessAnswer = { ready: false, state: 'starting', lastCycleAgeSeconds: null };

/** Returns whether a campaign does its work. */
function readinessIn(board: CampaignBoard): ReadinessAnswer {
  const { isReady, condition, sinceCycleMs } = board.state();
  const lastCycleAgeSeconds = sinceCycleMs === null ? null : Math.round(sinceCycleMs / 1000);
  return { ready: isReady, state: condition, lastCycleAgeSeconds };
}

function jsonLine(status: number, value: object): MetricsPage {
  return { status, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}
