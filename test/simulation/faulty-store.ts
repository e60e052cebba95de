import {
  type Batch,
  type Claim,
  type ClaimAnswer,
  type LeaseHolder,
  SinkError,
  type StoreSink,
} from '@dbsync/core/contract';
import type { Chance } from './chance.ts';
import { isAmong } from './id-share.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { ActiveFaults } from './weather.ts';

export interface StoreSurroundings {
  readonly time: VirtualTime;
  readonly faults: ActiveFaults;
  readonly chance: Chance;
  /** Called after a commit. */
  readonly onCommit: (batch: Batch, process: SimulatedProcess, claim: Claim) => void;
  /** Called after a claim is granted: every earlier one is void. */
  readonly onClaim: (claim: Claim, process: SimulatedProcess) => void;
  /** Called when a process finds that another one holds the stream. */
  readonly onRefuse: (heldBy: Pick<LeaseHolder, 'holder' | 'beats'>, process: SimulatedProcess) => void;
  /** Called after a process has read the state of the stream, with or without progress. */
  readonly onRead: (process: SimulatedProcess, hasProgress: boolean) => void;
  /** The processes by the holder of their claim. */
  readonly holders: Map<string, SimulatedProcess>;
}

/** The connection of one process to its store. */
export interface FaultyStore {
  readonly store: StoreSink;
  /** Makes the next call fail, as after a loss that came while the connection was idle. */
  cutConnection(): void;
  /**
   * The number of calls that hang until core gives them up: after at most a quarter of an hour, also where the store
   * answers again.
   */
  readonly hanging: number;
}

type Options = { readonly signal: AbortSignal };

/**
 * Creates a store as a process reaches it on a bad day: every call takes time, and lost requests and answers stay lost.
 */
export function createFaultyStore(
  inner: StoreSink,
  process: SimulatedProcess,
  surroundings: StoreSurroundings,
): FaultyStore {
  const { time, faults, chance, holders } = surroundings;
  let isCut = false;
  let hanging = 0;

  const reach = async (signal: AbortSignal) => {
    const [slow] = faults.of('store-slow');
    await new Promise<void>(
      (resolve) => void time.at(time.nowMs + chance.between(1, 5) + (slow?.delayMs ?? 0), resolve),
    );
    if (isCut || faults.of('store-down').length > 0) {
      isCut = false;
      throw unreachable();
    }
    if (!happens(faults.of('store-hangs'), chance)) return;
    hanging += 1;
    await hang(signal).finally(() => {
      hanging -= 1;
    });
  };
  const call = <O extends Options, T>(options: O, work: (options: O) => Promise<T>): Promise<T> =>
    process.through(async () => {
      await reach(options.signal);
      // The process may have been killed or frozen while the call was on its way.
      return process.through(() => work(options));
    });

  const write = async (batch: Batch, claim: Claim, options: Options) => {
    refuse(batch, faults);
    const isUnsure = happens(faults.of('store-unsure'), chance);
    if (isUnsure && chance.happens(0.5)) throw unsure();
    const result = await inner.write(batch, claim, options);
    surroundings.onCommit(batch, process, claim);
    if (isUnsure) throw unsure();
    return result;
  };

  const claimStream: StoreSink['claim'] = async (stream, plan, options) => {
    const answer = await inner.claim(stream, plan, options);
    if (answer.granted) {
      holders.set(answer.claim.holder, process);
      surroundings.onClaim(answer.claim, process);
    }
    if (answer.granted) return answer;
    surroundings.onRefuse(answer.heldBy, process);
    return seenFrom(process, answer, options.process, holders);
  };

  const readState: StoreSink['readState'] = async (stream, options) => {
    const state = await inner.readState(stream, options);
    surroundings.onRead(process, state.progress !== null);
    return state;
  };

  const { reporting } = inner;
  const store: StoreSink = {
    ...inner,
    ...(reporting && {
      reporting: {
        ...reporting,
        keepHeartbeat: (claim, text, options) => call(options, (o) => reporting.keepHeartbeat(claim, text, o)),
      },
    }),
    open: (options) => call(options, (o) => inner.open(o)),
    close: () => process.through(() => inner.close()),
    declareFields: (fields, options) => call(options, (o) => inner.declareFields(fields, o)),
    claim: (stream, plan, options) => call(options, (o) => claimStream(stream, plan, o)),
    renew: (claim, options) => call(options, (o) => inner.renew(claim, o)),
    release: (claim, options) => call(options, (o) => inner.release(claim, o)),
    readState: (stream, options) => call(options, (o) => readState(stream, o)),
    readVersions: (claim, ids, options) => call(options, (o) => inner.readVersions(claim, ids, o)),
    write: (batch, claim, options) => call(options, (o) => write(batch, claim, o)),
    listDeadLetters: (stream, options) => call(options, (o) => inner.listDeadLetters(stream, o)),
    takeRequests: (claim, options) => call(options, (o) => inner.takeRequests(claim, o)),
  };
  return {
    store,
    cutConnection: () => {
      isCut = true;
    },
    get hanging() {
      return hanging;
    },
  };
}

function happens(spells: readonly { readonly probability: number }[], chance: Chance): boolean {
  return spells.some(({ probability }) => chance.happens(probability));
}

function refuse({ contacts }: Batch, faults: ActiveFaults): void {
  for (const fault of faults.of('store-refuses')) {
    const refusedContactIds = contacts.map(({ contactId }) => contactId).filter((id) => isAmong(id, fault));
    if (refusedContactIds.length === 0) continue;
    throw new SinkError('SIMULATED_REFUSAL', 'The store does not take these contacts.', {
      verdict: 'refused',
      outcome: 'not-committed',
      ...(fault.salt % 2 === 0 && { refusedContactIds }),
    });
  }
}

/**
 * Returns a holder as one process sees it. All simulated processes are one real process: each must recognise its own
 * holder, and see a killed one as dead.
 */
function seenFrom(
  process: SimulatedProcess,
  answer: Extract<ClaimAnswer, { granted: false }>,
  real: LeaseHolderProcess,
  holders: ReadonlyMap<string, SimulatedProcess>,
): ClaimAnswer {
  const holder = holders.get(answer.heldBy.holder);
  const identity = () => {
    if (holder === process) return real;
    if (holder?.state === 'dead' && holder.diedOnSameHost) return { ...real, pid: 2 ** 22 + 1, startedAt: 'never' };
    return { ...real, host: 'another-host' };
  };
  return { granted: false, heldBy: { ...answer.heldBy, process: identity() } };
}

type LeaseHolderProcess = Extract<ClaimAnswer, { granted: false }>['heldBy']['process'];

/** Never answers, until the guard of a real store gives up a call that does not answer its abort. */
function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () =>
      reject(new SinkError('SINK_CALL_ABORTED', 'The call was aborted.', { verdict: 'retryable', outcome: 'unknown' }));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function unreachable(): SinkError {
  return new SinkError('SIMULATED_OUTAGE', 'The store cannot be reached.', {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
  });
}

function unsure(): SinkError {
  return new SinkError('SIMULATED_LOSS', 'The connection broke before the answer came.', {
    verdict: 'retryable',
    outcome: 'unknown',
    connectionLost: true,
  });
}
