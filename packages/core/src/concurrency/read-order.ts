import { createSemaphore } from './semaphore.js';

/**
 * Prevents that the answer to an earlier request is written over the answer to a later one (R9), for records that come
 * in pages. Readers do not wait for each other's requests; only their writes run one after the other.
 */
export interface ReadOrder {
  /** Call when a request is sent. */
  begin(): Reading;
}

/** One request and the writing of its answer. */
export interface Reading {
  /**
   * Runs the write once no other write is under way. `isNewest` returns whether no later request has written the id
   * meanwhile.
   */
  write<T>(
    ids: readonly string[],
    write: (isNewest: (id: string) => boolean) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
  /** Call when the whole answer has been written, or when no more of it will be written. */
  end(): void;
}

export function createReadOrder(): ReadOrder {
  const writing = createSemaphore(1);
  const underWay = new Set<number>();
  /** For each id, the number of the request whose answer was written last. */
  const newest = new Map<string, number>();
  let begun = 0;

  /** Drops the entries that are older than all requests under way: no write will be compared with them. */
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
          writing.run(async () => {
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
