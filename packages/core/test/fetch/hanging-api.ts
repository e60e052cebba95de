import { createDrivenClock, type DrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { type ApiClientSettings, createApiClient, type FetchedContact } from '../../src/fetch/api-client.ts';
import { ApiFault } from '../../src/fetch/api-fault.ts';
import type { ApiRequest, HttpTransport } from '../../src/fetch/http-transport.ts';

const MINUTE_MS = 60_000;
const { signal } = new AbortController();

/** An API in process, on the clock of the test, that never answers requests which name some of its contacts. */
export function createHangingApi(clock: DrivenClock, isHanging: (id: string) => boolean, tookMs = () => 100) {
  const groups: (readonly string[])[] = [];
  const answerIn = async (ms: number, idleMs: number | undefined, stop: AbortSignal) => {
    const limitMs = idleMs ?? MINUTE_MS;
    await clock.sleep(Math.min(ms, limitMs), stop);
    if (ms > limitMs) throw new ApiFault('API_UNREACHABLE', 'sent nothing', { isTimeout: true });
  };
  const transport: HttpTransport = {
    async send({ path, body }: ApiRequest, stop, transfer) {
      if (body) groups.push(body);
      await answerIn(body?.some(isHanging) ? Number.POSITIVE_INFINITY : tookMs(), transfer?.idleMs, stop);
      const entries = path === 'contacts/list' ? { results: [{ id: 'listed' }] } : body?.map(($id) => ({ $id }));
      const text = JSON.stringify(entries);
      return { status: 200, date: undefined, retryAfter: undefined, contentType: undefined, text, bytes: text.length };
    },
    close() {},
  };
  return { transport, groups };
}

interface Arrived {
  readonly kind: FetchedContact['kind'];
  readonly atMs: number;
}

interface ClientOptions extends Partial<ApiClientSettings> {
  readonly tookMs?: () => number;
}

/** Starts a client of such an API. `fetch` begins to fetch; its map fills as time passes. */
export function startHangingClient(isHanging: (id: string) => boolean, { tookMs, ...settings }: ClientOptions = {}) {
  const clock = createDrivenClock();
  const { transport, groups } = createHangingApi(clock, isHanging, tookMs);
  const client = createApiClient({
    apiUrl: 'http://api',
    campaign: 'C',
    token: 't',
    requestConcurrency: 8,
    contactsPerRequest: 20,
    clock,
    transport,
    observe: () => {},
    ...settings,
  });
  const fetch = (ids: readonly string[], insist = false, stop = signal) => {
    const arrived = new Map<string, Arrived>();
    const startedMs = clock.monotonic();
    const read = async () => {
      for await (const { id, kind } of client.contactBodies(ids, { signal: stop, insist })) {
        arrived.set(id, { kind, atMs: clock.monotonic() - startedMs });
      }
    };
    return { arrived, done: read() };
  };
  return { clock, client, groups, fetch };
}

export const idList = (count: number) => Array.from({ length: count }, (_, index) => `id-${index}`);
export const ofKind = (arrived: ReadonlyMap<string, Arrived>, kind: FetchedContact['kind']) =>
  [...arrived].filter(([, contact]) => contact.kind === kind).map(([id]) => id);
