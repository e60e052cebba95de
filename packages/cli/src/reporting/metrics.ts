import { hostname } from 'node:os';
import type { Clock, Observer } from '@dbsync/core';
import type { ErrorCodes, SinkNotice } from '@dbsync/core/contract';
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import type { ErrorCodeName } from '../error-codes.js';
import { describedCode } from '../exit-code.js';
import { type CampaignView, createCampaignView } from '../status-page/campaign-view.js';
import { statusPage } from '../status-page/status-page.js';
import type { CampaignBoard, CampaignCondition } from './campaign-board.js';
import { createRunMetrics } from './metrics-registry.js';
import {
  type MetricsPage,
  type MetricsServer,
  type ServedPage,
  type ServerOptions,
  startMetricsServer,
} from './metrics-server.js';

/** The pages of a process for monitoring and for browsers: `/metrics`, `/livez`, `/readyz` and `/status`. Served until it is disposed of. */
export interface Metrics extends MetricsServer {
  /** Adds a campaign to the pages. Dispose of it to take the campaign out again. */
  follow(board: CampaignBoard): FollowedCampaign;
  /** The warning that other machines reach the port, which has no password; null: they do not, or it has one. */
  readonly warning: SinkNotice | null;
}

/** A campaign on the pages. */
export interface FollowedCampaign extends Disposable {
  /** Updates the pages. Call it after the observer of the board. */
  readonly observe: Observer;
  /** Names the target of a run, for the status page. */
  readonly follow: CampaignView['follow'];
}

export interface MetricsContext {
  /** Codes that may become labels; more may be added. */
  readonly codes: ErrorCodes;
  readonly version: string;
  /** True where the process may have several campaigns: each metric of one has the label `campaign`. */
  readonly hasMany: boolean;
  readonly clock: Clock;
}

/** Opens the pages. Throws `CLI_METRICS_PORT` where it cannot listen. */
export async function openMetrics(
  options: ServerOptions,
  { codes, version, hasMany, clock }: MetricsContext,
): Promise<Metrics> {
  const followed = new Map<CampaignBoard, { readonly registry: Registry; readonly view: CampaignView }>();
  const self = { host: hostname(), pid: process.pid };
  const ofProcess = new Registry();
  const isKnownCode = (code: string) => Object.hasOwn(codes, code);
  const metricsPage = async () => {
    const registries = [...followed.values()].map(({ registry }) => registry);
    const ofCampaigns = hasMany ? await together(registries) : registries;
    const texts = await Promise.all([...ofCampaigns, ofProcess].map((registry) => registry.metrics()));
    return { status: 200, contentType: ofProcess.contentType, body: texts.join('\n') };
  };
  const boards = () => [...followed.keys()];
  const shown = {
    views: () => followed.values().map(({ view }) => view),
    codeOf: (code: string) => describedCode(code, codes),
    host: self.host,
    version,
    now: clock.now,
  };
  const status: ServedPage = { readers: 'owner', answer: (request) => statusPage(request, shown) };
  const pages = new Map<string, ServedPage>([
    ['/', status],
    ['/status', status],
    ['/metrics', { readers: 'scrapers', answer: metricsPage }],
    // A process that answers is alive: it waits for the end of an outage, and a restart would not shorten it.
    ['/livez', { readers: 'all', answer: async () => jsonLine(200, { alive: true }) }],
    [
      '/readyz',
      {
        readers: 'all',
        answer: async () => (hasMany ? readyPageOfAll(boards()) : readyPage(boards()[0])),
      },
    ],
  ]);
  const server = await startMetricsServer(options, pages);
  // The monitors of these metrics belong to the process and do not hold it open: only a server that listens starts
  // them.
  collectDefaultMetrics({ register: ofProcess });
  return {
    ...server,
    warning: server.isExposed ? exposedNotice(server.url) : null,
    follow(board) {
      const { registry, observe } = createRunMetrics({ figures: board.figures, isKnownCode, version });
      if (hasMany) registry.setDefaultLabels({ campaign: board.name });
      const view = createCampaignView({ board, self, clock });
      followed.set(board, { registry, view });
      const own = `/readyz/${board.name}`;
      if (hasMany) pages.set(own, { readers: 'all', answer: async () => readyPageOfOne(board) });
      return {
        observe(event) {
          view.observe(event);
          observe(event);
        },
        follow: view.follow,
        [Symbol.dispose]: () => {
          followed.delete(board);
          pages.delete(own);
        },
      };
    },
  };
}

function exposedNotice(url: string): SinkNotice {
  const code: ErrorCodeName = 'CLI_METRICS_EXPOSED';
  const message = `Other machines may reach ${url}: they can read the metrics, and the status page is not shown there. --metrics-password-file protects both.`;
  return { level: 'warn', code, message };
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
