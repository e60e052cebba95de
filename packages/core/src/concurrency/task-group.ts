/** Runs work in parallel, up to a limit. The first failure fails the whole group. */
export interface TaskGroup {
  /** Starts the work once a place is free; throws the first failure of earlier work. */
  add(work: () => Promise<void>): Promise<void>;
  /** Resolves when all work has ended; throws the first failure. */
  done(): Promise<void>;
}

export function createTaskGroup(limit: number): TaskGroup {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const throwFirst = () => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    async add(work) {
      while (running.size >= limit) await Promise.race(running);
      throwFirst();
      const task = work()
        .catch((error: unknown) => void failures.push(error))
        .finally(() => running.delete(task));
      running.add(task);
    },
    async done() {
      await Promise.all(running);
      throwFirst();
    },
  };
}
