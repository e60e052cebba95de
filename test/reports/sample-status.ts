import type { RunEvent } from '@dbsync/core';
import type { StreamFacts } from '@dbsync/core/contract';
import type { ServedPage } from '../../packages/cli/src/reporting/metrics-server.ts';
import { loadSource } from '../../scripts/sources.ts';
import { cycleEvent, letterEvent, waitingEvent } from '../harness/command/run-event-samples.ts';

type Views = typeof import('../../packages/cli/src/status-page/campaign-view.ts');
type Boards = typeof import('../../packages/cli/src/reporting/campaign-board.ts');
type Pages = typeof import('../../packages/cli/src/status-page/status-page.ts');
type Server = typeof import('../../packages/cli/src/reporting/metrics-server.ts');
type Codes = typeof import('../../packages/core/src/errors/error-codes.ts');

const { createCampaignView } = await loadSource<Views>('cli', 'status-page/campaign-view');
const { createCampaignBoard } = await loadSource<Boards>('cli', 'reporting/campaign-board');
const { statusPage } = await loadSource<Pages>('cli', 'status-page/status-page');
const { startMetricsServer } = await loadSource<Server>('cli', 'reporting/metrics-server');
const { errorCodes } = await loadSource<Codes>('core', 'errors/error-codes');

const MINUTE_MS = 60_000;
const NOON = Date.UTC(2026, 2, 2, 12);
const SELF = { host: 'web-1', pid: 4711 };

/** A process with a status page whose figures are the same on each machine and at each time. */
export interface SampleStatus extends AsyncDisposable {
  /** The address of the page, such as `http://127.0.0.1:40001/`. */
  readonly url: string;
}

/** The campaigns of a sample. */
export type SampleName = 'late' | 'webhook' | 'many';

const CAMPAIGNS: Readonly<Record<SampleName, readonly string[]>> = {
  late: ['7XK2MPQ'],
  webhook: ['7XK2MPQ'],
  many: ['7XK2MPQ', '4HTB9WL', '"><script>alert(1)</script>'],
};

/** Starts the page of a sample. */
export async function startSampleStatus(name: SampleName): Promise<SampleStatus> {
  const views = CAMPAIGNS[name].map((campaign, at) => viewOf(campaign, name === 'webhook' ? 'webhook' : 'db_sync', at));
  const codeOf = (code: string) => Object.entries(errorCodes).find(([known]) => known === code)?.[1] ?? null;
  const context = { views: () => views, codeOf, host: SELF.host, version: '1.0.0', now: () => NOON };
  const page: ServedPage = { readers: 'owner', answer: (request) => statusPage(request, context) };
  const options = { host: '127.0.0.1', port: 0, password: null };
  const server = await startMetricsServer(options, new Map([['/', page]]));
  return { url: `${server.url}/`, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** Lives through a day of one campaign. The first campaign of a database waits for its API at the end. */
function viewOf(campaign: string, mode: 'db_sync' | 'webhook', at: number) {
  let minute = 0;
  const clock = { now: () => NOON, monotonic: () => minute * MINUTE_MS, sleep: () => new Promise<void>(() => {}) };
  const facts = { name: campaign, campaign, mode, intervalMs: MINUTE_MS };
  const board = createCampaignBoard({ ...facts, now: clock.monotonic });
  const view = createCampaignView({ board, self: SELF, clock });
  const hear = (event: RunEvent) => {
    board.observe(event);
    view.observe(event);
  };
  const isCurrent = at === 1 || mode === 'webhook';
  hear({ type: 'started', mode, campaign, target: 'postgres://db.example.com/calls', plan: 'all' });
  hear({ type: 'claimed', epoch: 1n });
  let rows = 0;
  for (; minute < 1_440; minute += 1) {
    rows += rowsOf(minute);
    if (minute === 300) hear({ ...letterEvent(), code: 'API_RECORD_WITHOUT_ID' });
    if (mode === 'webhook')
      hear({ type: 'delivery', accepted: 40, failed: minute % 7 === 0 ? 1 : 0, postponed: 0, dead: 0 });
    const hangs = (minute > 610 && minute < 655) || (minute > 1_425 && !isCurrent);
    if (!hangs) hear(cycleEvent({ lagMs: 2_000 + 1_000 * (minute % 5), tookMs: 1_200 }, { rowsInserted: rows }));
    else if (minute % 10 === 0) hear({ ...waitingEvent('api', 'API_UNREACHABLE', 5 * MINUTE_MS), level: 'warn' });
    if (minute === 655) hear({ type: 'recovered', for: 'api', afterMs: 45 * MINUTE_MS });
  }
  view.follow({ describeStream: async () => factsOf(mode) }, new AbortController().signal);
  return view;
}

/** The rows of a call centre: most at eleven and at five, few at night. */
function rowsOf(minute: number): number {
  const hour = (12 + minute / 60) % 24;
  const peak = (at: number) => Math.exp(-(((hour - at) / 2.2) ** 2));
  return Math.round(900 * (peak(11) + peak(17)) + 8 + (minute % 9));
}

function factsOf(mode: 'db_sync' | 'webhook'): StreamFacts {
  return {
    nowMs: NOON,
    heldBy: null,
    progress: {
      since: null,
      eventsUntil: '2026-03-02T11:45:10.000Z',
      listedFrom: '2026-03-02T11:41:00.000Z',
      fullyListedFrom: '2026-03-02T03:12:00.000Z',
      inboundUntil: '2026-03-02T11:45:10.000Z',
      backfill: null,
      md5Proves: true,
      md5AgreesSince: null,
      plan: null,
    },
    heartbeat: null,
    keepsHeartbeats: true,
    deadLetters: { fetch: 2, contact: 1 },
    requests: 0,
    ...(mode === 'webhook' && {
      deliveries: { messages: 1_204, contacts: 311, oldestMs: 17 * MINUTE_MS, state: 'down', forMs: 16 * MINUTE_MS },
    }),
  };
}
