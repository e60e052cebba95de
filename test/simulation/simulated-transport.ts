import { ApiFault, type ApiRequest, type HttpAnswer, type HttpTransport, type Transfer } from '@dbsync/core';
import type { CampaignAnswers, PageMaker, TimeWindow } from './campaign-answers.ts';
import type { Chance } from './chance.ts';
import type { Endpoint } from './fault-kinds.ts';
import { isAmong } from './id-share.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { WORLD_BEGINS_MS } from './virtual-globals.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { ActiveFaults } from './weather.ts';

export interface ApiSurroundings {
  readonly time: VirtualTime;
  readonly faults: ActiveFaults;
  readonly answers: CampaignAnswers;
  readonly chance: Chance;
  readonly onRequest: (endpoint: Endpoint) => void;
}

/** The transport's own limit on the wait for a byte. */
const IDLE_MS = 60_000;
/** The pause in seconds for which the API asks where it refuses some ids only. */
const RETRY_AFTER_OF_IDS = '86400';
/** The entries of a page where no fault makes pages smaller. */
const PAGE_ENTRIES = 1_000;

/** Creates the transport of one process to the API: the results of HTTP without HTTP. */
export function createSimulatedTransport(api: ApiSurroundings, process: SimulatedProcess): HttpTransport {
  return {
    send: (request, signal, transfer = {}) => {
      signal.throwIfAborted();
      return untilAborted(
        process.through(() => exchange(api, request, signal, transfer)),
        signal,
      );
    },
    close: () => {},
  };
}

async function exchange(
  api: ApiSurroundings,
  request: ApiRequest,
  signal: AbortSignal,
  { idleMs = IDLE_MS }: Transfer,
): Promise<HttpAnswer> {
  const { time, faults, chance } = api;
  const endpoint = endpointOf(request);
  api.onRequest(endpoint);
  await passes(time, chance.between(20, 300), signal);
  const down = faults.of('api-down').find((fault) => fault.endpoint === null || fault.endpoint === endpoint);
  const bad = request.body && faults.of('bad-ids').find((fault) => request.body?.some((id) => isAmong(id, fault)));
  if (down?.how === 'hang' || bad?.how === 'hang') await hang(time, request, idleMs, signal);
  if (down?.how === 'cut') throw new ApiFault('API_UNREACHABLE', `${request.path} failed (ECONNRESET).`);
  if (!down && bad?.how === 'busy') return { ...answerOf(api, 429, ''), retryAfter: RETRY_AFTER_OF_IDS };
  if (down || bad) return answerOf(api, 503, '{"error":"down"}');
  for (const { retryAfterS, probability } of faults.of('api-busy')) {
    if (chance.happens(probability)) return { ...answerOf(api, 429, ''), retryAfter: String(retryAfterS) };
  }
  for (const { status, probability } of faults.of('stray-status')) {
    if (chance.happens(probability)) return answerOf(api, status, '{}');
  }
  const answer = contentOf(api, endpoint, request);
  if (answer === null) return answerOf(api, 400, '{"error":"cursor"}');
  for (const { probability } of faults.of('broken-answers')) {
    if (chance.happens(probability)) return answerOf(api, 200, answer.slice(0, chance.upTo(answer.length)));
  }
  return answerOf(api, 200, answer);
}

async function hang(time: VirtualTime, { path }: ApiRequest, idleMs: number, signal: AbortSignal): Promise<never> {
  await passes(time, idleMs, signal);
  throw new ApiFault('API_UNREACHABLE', `${path} sent nothing for ${idleMs} ms.`, { isTimeout: true });
}

function answerOf({ time, faults, chance }: ApiSurroundings, status: number, text: string): HttpAnswer {
  let skewMs = 0;
  for (const fault of faults.of('date-skew')) if (chance.happens(fault.probability)) skewMs = fault.skewMs;
  const date = new Date(WORLD_BEGINS_MS + time.nowMs + skewMs).toUTCString();
  return { status, date, retryAfter: undefined, contentType: 'application/json', text, bytes: text.length };
}

/** Returns the content of an answer; null: the cursor is refused. */
function contentOf(api: ApiSurroundings, endpoint: Endpoint, { query, body }: ApiRequest): string | null {
  const { answers, time } = api;
  const asOfMs = time.nowMs - lagOf(api, endpoint);
  const text = (name: string) => (query[name] === null || query[name] === undefined ? null : String(query[name]));
  const page = pageMaker(api, Number(query.limit ?? PAGE_ENTRIES), text('cursor'));
  if (page === null) return null;
  const window: TimeWindow = { fromMs: instantOf(text('from')), toMs: instantOf(text('to')) };
  switch (endpoint) {
    case 'fields':
      return answers.fields();
    case 'list':
      return answers.contacts(asOfMs, text('changedSince'), page);
    case 'bodies':
      return answers.bodies(asOfMs, body ?? []);
    case 'events':
      return answers.events(asOfMs, { ...window, updatesOnly: text('type') === 'update' }, page);
    case 'inbound':
      return answers.calls(asOfMs, window, page);
  }
}

function lagOf({ faults, chance }: ApiSurroundings, endpoint: Endpoint): number {
  const lags = faults.of('lagging-replica').filter((fault) => fault.endpoint === endpoint);
  return Math.max(0, ...lags.map(({ lagMs, probability }) => (chance.happens(probability) ? lagMs : 0)));
}

/** Returns a function that cuts pages. A cursor tells where to continue and when it was given; null: it has expired. */
function pageMaker({ time, faults }: ApiSurroundings, limit: number, cursor: string | null): PageMaker | null {
  const [short] = faults.of('short-cursors');
  const [offset = 0, bornMs = time.nowMs] = (cursor ?? '').split('-').filter(Boolean).map(Number);
  if (cursor !== null && short && time.nowMs - bornMs > short.lifeMs) return null;
  const entries = Math.min(limit, short?.entries ?? PAGE_ENTRIES);
  return (all, textOf) => {
    const results = all.slice(offset, offset + entries).map(textOf);
    const next = offset + entries < all.length ? `${offset + entries}-${time.nowMs}` : '';
    return `{"count":${results.length},"results":[${results.join(',')}],"cursor":"${next}"}`;
  };
}

function endpointOf({ path }: ApiRequest): Endpoint {
  if (path.startsWith('fields/')) return 'fields';
  if (path.startsWith('contacts/list')) return 'list';
  if (path.startsWith('contacts/transactions')) return 'events';
  return path.startsWith('inbound/') ? 'inbound' : 'bodies';
}

/** Parses a time of a query string, which has no zone. */
function instantOf(text: string | null): number | null {
  return text === null || text === '' ? null : Date.parse(`${text}Z`) - WORLD_BEGINS_MS;
}

function passes(time: VirtualTime, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const callOff = time.at(time.nowMs + ms, resolve);
    signal.addEventListener('abort', callOff, { once: true });
  });
}

/** Rejects as soon as the signal aborts, whatever the work does. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
