import { createFairShare, type FairShare } from '@dbsync/core/sink-kit';

/** Frees a place. Call it once. */
export type Leave = () => void;

/**
 * The places of one sink among those of a server. A place is the right to one connection, and all places together are as many as
 * there are connections, so whatever the sinks do, no more are open.
 */
export interface ConnectionPlaces {
  /** Waits for a place for a statement that has a limit of time. */
  usual(signal: AbortSignal): Promise<Leave>;
  /** Waits for a place of the renewals, or for a usual one: it takes the first that is free. */
  renewal(signal: AbortSignal): Promise<Leave>;
  /** Waits for a place for work without a limit of time, such as the build of a key. */
  long(signal: AbortSignal): Promise<Leave>;
  /** Takes a place for such work, if one is free now. */
  longNow(): Leave | null;
}

/** The division of the connections of a server. */
export interface PlaceSizes {
  readonly usual: number;
  /** The most usual places of one sink at a time. */
  readonly usualOfOne: number;
  readonly long: number;
  /** The most long places of one sink at a time. */
  readonly longOfOne: number;
  readonly renewals: number;
}

/** The connections of a sink that is alone: two for long work, an index beside a key, and one for renewals. */
export const ALONE: PlaceSizes = { usual: 5, usualOfOne: 5, long: 2, longOfOne: 2, renewals: 1 };

/** Returns the number of connections that have a place. */
export function placeCount({ usual, long, renewals }: PlaceSizes): number {
  return usual + long + renewals;
}

/** The start compares two connections, and two writes of a sink run side by side. */
const LEAST_OF_ONE = 2;

/**
 * Divides connections that several sinks share: a quarter for long work, so that no number of builds takes what other calls need; an
 * eighth for renewals, so that no number of slow statements makes a sink lose its claim. One sink has a quarter of all at a time, and one place
 * for long work and one for a renewal beside it.
 *
 * @param apart the connections that the engine needs for itself, beside all places
 */
export function sharedSizes(max: number, apart = 0): PlaceSizes {
  const long = Math.max(1, Math.floor(max / 4));
  const renewals = Math.floor(max / 8);
  const usualOfOne = Math.max(LEAST_OF_ONE, Math.floor(max / 4));
  return { usual: max - long - renewals - apart, usualOfOne, long, longOfOne: 1, renewals };
}

/** Creates the places of a server. Its `join` returns those of one more sink. */
export function createConnectionPlaces(sizes: PlaceSizes): { join(): ConnectionPlaces } {
  const usual = createFairShare({ shared: sizes.usual, own: 0, perUser: sizes.usualOfOne });
  const long = createFairShare({ shared: sizes.long, own: 0, perUser: sizes.longOfOne });
  const renewals = createFairShare({ shared: sizes.renewals, own: 0, perUser: 1 });
  return {
    join: () => placesOf({ usual, long, renewals }),
  };
}

function placesOf(shares: Readonly<Record<'usual' | 'long' | 'renewals', FairShare>>): ConnectionPlaces {
  const [usual, long, renewals] = [shares.usual.join(), shares.long.join(), shares.renewals.join()];
  return {
    usual: usual.enter,
    renewal: (signal) => firstOf([renewals.enter, usual.enter], signal),
    long: long.enter,
    longNow: long.tryEnter,
  };
}

/** Takes the first place that one of the ways gives, and waits no longer for the others. */
async function firstOf(ways: readonly ConnectionPlaces['usual'][], signal: AbortSignal): Promise<Leave> {
  const taken = new AbortController();
  const waiting = AbortSignal.any([signal, taken.signal]);
  const entries = ways.map(async (enter) => {
    const leave = await enter(waiting);
    if (taken.signal.aborted) {
      // Another way gave one in the same moment.
      leave();
      throw taken.signal.reason;
    }
    taken.abort();
    return leave;
  });
  return await Promise.any(entries).catch((error: AggregateError) => {
    signal.throwIfAborted();
    throw error.errors[0];
  });
}
