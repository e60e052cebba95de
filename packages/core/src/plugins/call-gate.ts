/** A call that waits to run, with the kinds of calls that must not run at the same time. */
export interface Wish {
  /**
   * `alone`: no other call at the same time; `schema`: no write and no reading of versions; `write`: no write of the
   * same records, and only as many other writes as the gate allows.
   */
  readonly kind: 'alone' | 'schema' | 'versions' | 'write' | 'other';
  /** The records of a write. */
  readonly records?: ReadonlySet<string>;
}

export interface CallGate {
  /**
   * Waits until the call may run. Calls that exclude each other run in the order in which they came.
   *
   * @returns a function to call when the call is over; it may be called twice
   */
  enter(wish: Wish, signal: AbortSignal): Promise<() => void>;
}

/** Creates a gate that keeps calls apart that must not overlap. */
export function createCallGate(concurrentWrites: number): CallGate {
  const running = new Set<Wish>();
  const waiting = new Map<Wish, () => void>();

  const mayRun = (wish: Wish) => {
    let writes = 0;
    for (const other of running) {
      if (exclude(wish, other)) return false;
      if (other.kind === 'write') writes += 1;
    }
    for (const other of earlierThan(wish, waiting.keys())) if (exclude(wish, other)) return false;
    return wish.kind !== 'write' || writes < concurrentWrites;
  };
  const letIn = () => {
    for (const [wish, enter] of waiting) if (mayRun(wish)) enter();
  };
  const leave = (wish: Wish) => {
    if (running.delete(wish) || waiting.delete(wish)) letIn();
  };

  return {
    enter: (wished, signal) =>
      new Promise((resolve, reject) => {
        const wish = { ...wished };
        const giveUp = () => {
          leave(wish);
          reject(signal.reason);
        };
        waiting.set(wish, () => {
          signal.removeEventListener('abort', giveUp);
          waiting.delete(wish);
          running.add(wish);
          resolve(() => leave(wish));
        });
        signal.addEventListener('abort', giveUp, { once: true });
        if (signal.aborted) giveUp();
        else letIn();
      }),
  };
}

function* earlierThan(wish: Wish, waiting: Iterable<Wish>): Generator<Wish> {
  for (const other of waiting) {
    if (other === wish) return;
    yield other;
  }
}

function exclude(a: Wish, b: Wish): boolean {
  if (a.kind === 'alone' || b.kind === 'alone') return true;
  if (a.kind === 'schema') return b.kind !== 'other';
  if (b.kind === 'schema') return a.kind !== 'other';
  return a.kind === 'write' && b.kind === 'write' && overlap(a.records, b.records);
}

const NO_RECORDS: ReadonlySet<string> = new Set();

function overlap(a: Wish['records'] = NO_RECORDS, b: Wish['records'] = NO_RECORDS): boolean {
  for (const record of a) if (b.has(record)) return true;
  return false;
}
