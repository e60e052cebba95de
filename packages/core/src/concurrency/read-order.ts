import { createSemaphore } from './semaphore.js';

/**
 * Keeps the answer to an earlier request from being written over the answer to a later one (R9), for records that come in
 * pages. Readers do not wait for each other's requests: only their writes come one after the other.
 */
export interface ReadOrder {
  /** A request leaves now. */
  begin(): Reading;
}

/** One request and the writing of its answer. */
export interface Reading {
  /** Runs the write once no other is under way, with those of the ids that no later request has brought meanwhile. */
  write<T>(
    ids: readonly string[],
    write: (isNewest: (id: string) => boolean) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
  /** All of its answer has been written, or none will be. */
  end(): void;
}

export function createReadOrder(): ReadOrder {
  const turn = createSemaphore(1);
  const underWay = new Set<number>();
  /** By id, the number of the request that brought what was written last. */
  const newest = new Map<string, number>();
  let begun = 0;

  /** An entry older than all requests under way has nothing left to win against. */
  const forget = () => {
    const oldest = Math.min(...underWay);
    for (const [id, nr] of newest) if (nr < oldest) newest.delete(id);
  };

  return {
    begin() {
      const nr = ++begun;
      underWay.add(nr);
      const isNewest = (id: string) => (newest.get(id) ?? 0) <= nr;
      return {
        write: (ids, write, signal) =>
          turn.run(async () => {
            const written = ids.filter(isNewest);
            const result = await write(isNewest);
            for (const id of written) newest.set(id, nr);
            return result;
          }, signal),
        end() {
          underWay.delete(nr);
          forget();
        },
      };
    },
  };
}
