import {
  type Clock,
  clockTicker,
  type DeliverySettings,
  errorCodes,
  type RunEvent,
  type RunSettings,
  run,
} from '@dbsync/core';
import { createFaultyStore, type FaultyStore, type StoreSurroundings } from './faulty-store.ts';
import { createSimulatedProcess, type SimulatedProcess, type WallClock } from './simulated-process.ts';
import { CAMPAIGN, type SimulatedTarget } from './simulated-target.ts';
import { type ApiSurroundings, createSimulatedTransport } from './simulated-transport.ts';
import type { StreamSettings } from './stream-settings.ts';
import type { VirtualTime } from './virtual-time.ts';
import { createVisible, type Visible } from './visible-lag.ts';

/** A process under the supervisor, and its messages. */
export interface Daemon {
  readonly process: SimulatedProcess;
  readonly startedMs: number;
  /** The distance of the wall clock from the truth at that time. */
  readonly wallAtStartMs: number;
  readonly connection: FaultyStore;
  readonly visible: Visible;
  readonly drop: () => void;
  /** True where it was asked to stop. */
  isStopping: boolean;
  hasEnded: boolean;
  stop(): void;
}

/** Starts processes, and starts them again as an init system would. */
export interface Supervisor {
  /** The processes that have not ended, frozen ones included. */
  readonly daemons: readonly Daemon[];
  start(): Daemon;
  kill(daemon: Daemon, sameHost: boolean): void;
}

export interface SupervisorOptions {
  readonly time: VirtualTime;
  readonly wall: WallClock;
  readonly api: ApiSurroundings;
  readonly stores: StoreSurroundings;
  readonly target: SimulatedTarget;
  readonly intervalMs: number;
  readonly settings: StreamSettings;
  readonly onEvent: (event: RunEvent, daemon: Daemon) => void;
  /** Called when a process ended unasked; one that an init system leaves stopped was `stopped for good`. */
  readonly onEnd: (daemon: Daemon, error: unknown, isForGood: boolean) => void;
}

export const LEASE_MS = 180_000;
const TICK_MS = 30_000;
const RESTART_MS = 10_000;

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { time, wall, onEvent, onEnd } = options;
  let daemons: readonly Daemon[] = [];
  let nr = 0;

  const forget = (daemon: Daemon) => {
    daemon.hasEnded = true;
    daemons = daemons.filter((other) => other !== daemon);
  };

  const ended = (daemon: Daemon, error: unknown) => {
    if (daemon.process.state === 'dead') return;
    forget(daemon);
    if (daemon.isStopping) return;
    const isForGood = exitOf(error) === 2 || exitOf(error) === 4;
    onEnd(daemon, error, isForGood);
    if (!isForGood) time.at(time.nowMs + RESTART_MS, () => void (daemons.length === 0 && supervisor.start()));
  };

  const supervisor: Supervisor = {
    get daemons() {
      return daemons;
    },
    start() {
      const process = createSimulatedProcess(nr++, time, wall);
      const target = options.target.connect(process);
      const connection = createFaultyStore(target.store, process, options.stores);
      const stopping = new AbortController();
      const daemon: Daemon = {
        process,
        startedMs: time.nowMs,
        wallAtStartMs: wall.offsetMs,
        connection,
        visible: createVisible(process, time, options.intervalMs),
        drop: target.drop,
        isStopping: false,
        hasEnded: false,
        stop() {
          daemon.isStopping = true;
          stopping.abort(new Error('The simulation stops the process.'));
        },
      };
      daemons = [...daemons, daemon];
      const release = time.hold();
      const observe = (event: RunEvent) => {
        if (event.type === 'started') release();
        daemon.visible.observe(event);
        if (event.type === 'claimed') for (const other of daemons) if (other !== daemon) other.visible.replaced();
        onEvent(event, daemon);
      };
      const { clock } = process;
      const context = { signal: stopping.signal, observe, clock, storeClock: clock, ticker: tickerOf(clock) };
      const transport = createSimulatedTransport(options.api, process);
      run(settingsOf(options, connection, target.delivery), { ...context, transport }).then(
        () => ended(daemon, null),
        (error: unknown) => {
          release();
          ended(daemon, error);
        },
      );
      return daemon;
    },
    kill(daemon, sameHost) {
      daemon.process.kill(sameHost);
      daemon.drop();
      forget(daemon);
    },
  };
  return supervisor;
}

function tickerOf(clock: Clock) {
  return clockTicker(clock, TICK_MS);
}

function settingsOf(
  { intervalMs, settings: { since, filter } }: SupervisorOptions,
  { store }: FaultyStore,
  delivery: DeliverySettings | null,
): RunSettings {
  return {
    mode: delivery === null ? 'db_sync' : 'webhook',
    campaign: CAMPAIGN,
    token: 'token',
    apiUrl: 'http://api.invalid',
    since,
    filter,
    intervalMs,
    requestConcurrency: 8,
    contactsPerRequest: null,
    leaseMs: LEASE_MS,
    sink: { store, target: 'simulated', plan: 'columns=simulated' },
    delivery,
  };
}

/** Returns the exit code that the command would have; 1 where the error names none. */
function exitOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new Map(Object.entries(errorCodes)).get(code)?.exit ?? 1;
}
