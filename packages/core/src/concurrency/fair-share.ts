/**
 * Places that several users share. Each user has some places of its own, so that one user never waits for another one
 * to have its first place; further places are shared, and free ones go round the users that wait.
 */
export interface FairShare {
  /** Adds a user. A user that has no work costs nothing, so it never leaves. */
  join(): ShareOfPlaces;
}

/** The share of one user. */
export interface ShareOfPlaces {
  /** Runs the work once a place is free, and frees the place when the work has succeeded or failed. Rejects with the signal's reason. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Takes a place once one is free. Call the returned function once to free it. Rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<() => void>;
  /** Takes a place that is free now, as {@link enter} does. Null: there is none, or earlier work of this user waits for one. */
  tryEnter(): (() => void) | null;
}

/** The sizes of a {@link FairShare}. */
export interface FairShareSizes {
  /** The number of shared places. */
  readonly shared: number;
  /** The number of places that each user has beside them. */
  readonly own: number;
  /** The most places of one user, its own among them. Default: no limit. */
  readonly perUser?: number;
}

interface User {
  running: number;
  readonly waiting: (() => void)[];
}

/** Creates the places. */
export function createFairShare({ shared, own, perUser = Number.POSITIVE_INFINITY }: FairShareSizes): FairShare {
  /** The users that wait, in the order of their turns. */
  const queue = new Set<User>();
  let sharedInUse = 0;

  const begin = (user: User) => {
    user.running += 1;
    if (user.running > own) sharedInUse += 1;
  };
  const mayBegin = ({ running }: User) => running < perUser && (running < own || sharedInUse < shared);
  /** Gives free places to users that wait: to each one in turn. */
  const serve = () => {
    for (const user of queue) {
      if (!mayBegin(user)) continue;
      const next = user.waiting.shift();
      queue.delete(user);
      if (user.waiting.length > 0) queue.add(user);
      if (next !== undefined) next();
    }
  };
  const end = (user: User) => {
    if (user.running > own) sharedInUse -= 1;
    user.running -= 1;
    serve();
  };
  const enter = (user: User, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      signal.throwIfAborted();
      const giveUp = () => {
        user.waiting.splice(user.waiting.indexOf(proceed), 1);
        if (user.waiting.length === 0) queue.delete(user);
        reject(signal.reason);
      };
      const proceed = () => {
        signal.removeEventListener('abort', giveUp);
        begin(user);
        resolve();
      };
      if (user.waiting.length === 0 && mayBegin(user)) return proceed();
      signal.addEventListener('abort', giveUp, { once: true });
      user.waiting.push(proceed);
      queue.add(user);
    });

  return {
    join() {
      const user: User = { running: 0, waiting: [] };
      return {
        async run(work, signal) {
          await enter(user, signal);
          try {
            return await work();
          } finally {
            end(user);
          }
        },
        async enter(signal) {
          await enter(user, signal);
          return () => end(user);
        },
        tryEnter() {
          if (user.waiting.length > 0 || !mayBegin(user)) return null;
          begin(user);
          return () => end(user);
        },
      };
    },
  };
}
