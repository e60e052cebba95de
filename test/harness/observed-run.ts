import {
  type Clock,
  clockTicker,
  type HttpTransport,
  type RunEvent,
  type RunSettings,
  type RunSummary,
  run,
  systemClock,
} from '@dbsync/core';
import type { StoreSink } from '@dbsync/core/contract';
import type { Simulator } from '@dbsync/simulator';

/** A run inside the test's own process, and its events so far. */
export interface ObservedRun {
  readonly events: readonly RunEvent[];
  readonly done: Promise<RunSummary>;
  /** Resolves with the next event, from now on, that fits; rejects when the run ends without it. */
  next<T extends RunEvent['type']>(type: T, fits?: (event: EventOf<T>) => boolean): Promise<EventOf<T>>;
  stop(): Promise<RunSummary>;
}

export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

export interface RunOverrides extends Partial<Omit<RunSettings, 'sink'>> {
  readonly simulator: Pick<Simulator, 'url' | 'token' | 'campaign'>;
  readonly store: StoreSink;
  readonly clock?: Clock;
  /** The clock of the store. Default: the machine's. */
  readonly storeClock?: Clock;
  readonly transport?: HttpTransport;
  readonly plan?: string;
}

export function startRun({
  simulator,
  store,
  clock = systemClock,
  storeClock = systemClock,
  plan = '',
  transport,
  ...settings
}: RunOverrides): ObservedRun {
  const stopping = new AbortController();
  const events: RunEvent[] = [];
  const waiting = new Set<(event: RunEvent) => void>();
  const observe = (event: RunEvent) => {
    events.push(event);
    for (const tell of [...waiting]) tell(event);
  };
  const full: RunSettings = {
    mode: 'db_init',
    campaign: simulator.campaign,
    token: simulator.token,
    apiUrl: simulator.url,
    since: null,
    filter: { mode: 'all', prefixes: [] },
    intervalMs: 60_000,
    requestConcurrency: 8,
    contactsPerRequest: null,
    leaseMs: 30_000,
    delivery: null,
    ...settings,
    sink: { store, target: 'test', plan },
  };
  const clocks = { clock, storeClock, ticker: clockTicker(clock, 1_000) };
  const done = run(full, { signal: stopping.signal, observe, ...clocks, ...(transport && { transport }) });
  return {
    events,
    done,
    next: <T extends RunEvent['type']>(type: T, fits: (event: EventOf<T>) => boolean = () => true) =>
      new Promise<EventOf<T>>((resolve, reject) => {
        const tell = (event: RunEvent) => {
          if (event.type !== type || !fits(event as EventOf<T>)) return;
          waiting.delete(tell);
          resolve(event as EventOf<T>);
        };
        waiting.add(tell);
        done.then(() => reject(new Error(`the run ended without ${type}`)), reject);
      }),
    stop() {
      stopping.abort(new Error('the test stops the run'));
      return done;
    },
  };
}
