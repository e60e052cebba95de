import { createHttpTransport, type HttpTransport, type RunSettings } from '@dbsync/core';
import type { StoreSink } from '@dbsync/core/contract';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { createVirtualClock } from './clocks/virtual-clock.ts';
import { type ObservedRun, startRun } from './observed-run.ts';

/** A time longer than a day: listings begin up to some minutes after a jump. */
const LATER_MS = 86_400_000 + 15 * 60_000;

/** The answers in which a contact is hidden. */
interface Hiding {
  /** Hides it also in answers with bodies. Default: true. */
  readonly bodies?: boolean;
  /** Leaves every request for bodies without answer. */
  readonly allBodies?: boolean;
  /** Keeps every complete listing from being read to its end. */
  readonly cutsListings?: boolean;
}

/** A daemon that marks deleted contacts or mirrors deletions, and a campaign in which contacts vanish and come back. */
export interface Deletions extends AsyncDisposable {
  /** The campaign's id. */
  readonly id: string;
  /** Hides these contacts, and no others, from now on. */
  hide(contactIds: readonly string[], hiding?: Hiding): void;
  /** Lets a day pass; resolves when the next complete listing, and all that follows from it, is done. */
  listAll(): Promise<void>;
  /** Lets a day pass; resolves when the next complete listing was given up. */
  failToListAll(): Promise<void>;
  restart(settings?: Partial<RunSettings>): Promise<void>;
  /** Returns the messages of this code so far, of all its daemons. */
  reported(code: string): readonly string[];
  /** Resolves with the next notice of this code. */
  next(code: string): Promise<unknown>;
}

/** Copies a campaign, then starts a daemon on the copy, on a clock that runs fast. */
export async function startDeletions({
  contacts,
  openStore,
  mirrorDeletions = true,
}: {
  readonly contacts: number;
  openStore(): Promise<StoreSink>;
  /** False: the daemons only mark contacts. Default: true. */
  readonly mirrorDeletions?: boolean;
}): Promise<Deletions> {
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts, inboundCalls: 5, clock });
  await startRun({ simulator, store: await openStore(), clock }).done;
  const { transport, hide, isComplete, completes } = createHidingTransport(simulator);
  const runs: ObservedRun[] = [];
  const start = async (settings: Partial<RunSettings> = {}) => {
    const { sink: _, ...rest } = settings;
    const options = {
      simulator,
      store: await openStore(),
      clock,
      transport,
      mode: 'db_sync',
      mirrorDeletions,
    } as const;
    runs.push(startRun({ ...options, ...rest }));
  };
  const current = () => {
    const run = runs.at(-1);
    if (run === undefined) throw new Error('no daemon was started');
    return run;
  };
  const ticking = setInterval(() => clock.jump(10_000), 20);
  const isListing = ({ part }: { readonly part: string }) => part === 'listing';
  await start();
  await current().next('part-done', isListing);
  return {
    id: simulator.campaign,
    hide,
    async listAll() {
      clock.jump(LATER_MS);
      await current().next('part-done', (event) => isListing(event) && isComplete());
      await current().next('part-done', (event) => isListing(event) && !isComplete());
    },
    async failToListAll() {
      clock.jump(LATER_MS);
      const before = completes();
      for (let listing = 0; listing < 2 || completes() === before; listing++)
        await current().next('part-done', isListing);
    },
    async restart(settings) {
      await current().stop();
      await start(settings);
    },
    reported: (code) =>
      runs.flatMap(({ events }) =>
        events.flatMap((event) => (event.type === 'notice' && event.code === code ? [event.message] : [])),
      ),
    next: (code) => current().next('notice', (notice) => notice.code === code),
    async [Symbol.asyncDispose]() {
      clearInterval(ticking);
      await current().stop();
      await simulator.close();
    },
  };
}

function createHidingTransport({ url, campaign, token }: Simulator) {
  const limits = { idleMs: 60_000, deadlineMs: 60_000, maxAnswerBytes: 64 << 20 };
  const http = createHttpTransport({ apiUrl: url, campaign, token, ...limits });
  let hidden: ReadonlySet<string> = new Set();
  let hiding: Hiding = {};
  let isComplete = false;
  let completes = 0;
  const rest = (entries: Record<string, string>[], isHidden: (id: string) => boolean) =>
    entries.filter((entry) => !isHidden(entry.id ?? entry.$id ?? ''));
  const transport: HttpTransport = {
    ...http,
    async send(request, signal) {
      const answer = await http.send(request, signal);
      const { path, query } = request;
      const { bodies = true, allBodies = false } = hiding;
      const isListing = path === 'contacts/list';
      if (isListing) isComplete = (query.changedSince ?? null) === null;
      if (isListing && isComplete) completes++;
      const isCut = isListing && isComplete && hiding.cutsListings === true;
      if (isCut && (query.cursor ?? null) !== null) return { ...answer, status: 400, text: '{}' };
      if (!isListing && (path !== 'contacts/' || !bodies)) return answer;
      const isHidden = (id: string) => (path === 'contacts/' && allBodies) || hidden.has(id);
      const json = JSON.parse(answer.text);
      const text = Array.isArray(json)
        ? rest(json, isHidden)
        : { ...json, ...(isCut && { cursor: 'cut' }), results: rest(json.results, isHidden) };
      return { ...answer, text: JSON.stringify(text) };
    },
  };
  return {
    transport,
    isComplete: () => isComplete,
    completes: () => completes,
    hide(contactIds: readonly string[], how: Hiding = {}) {
      hidden = new Set(contactIds);
      hiding = how;
    },
  };
}
