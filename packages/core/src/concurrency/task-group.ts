/** Work side by side, at most so many at a time; the first failure is everybody's. */
export interface TaskGroup {
  /** Begins the work once there is a place; throws what an earlier one threw. */
  add(work: () => Promise<void>): Promise<void>;
  /** Resolves when all have ended; throws the first failure. */
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
