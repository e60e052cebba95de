/** A call that waits to run, with the kinds of calls that must not run at the same time. */
export interface GatedCall {
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
  enter(gated: GatedCall, signal: AbortSignal): Promise<() => void>;
}

/** Creates a gate that keeps calls apart that must not overlap. */
export function createCallGate(concurrentWrites: number): CallGate {
  const running = new Set<GatedCall>();
  const waiting = new Map<GatedCall, () => void>();

  const mayRun = (gated: GatedCall) => {
    let writes = 0;
    for (const other of running) {
      if (exclude(gated, other)) return false;
      if (other.kind === 'write') writes += 1;
    }
    for (const other of earlierThan(gated, waiting.keys())) if (exclude(gated, other)) return false;
    return gated.kind !== 'write' || writes < concurrentWrites;
  };
  const letIn = () => {
    for (const [gated, enter] of waiting) if (mayRun(gated)) enter();
  };
  const leave = (gated: GatedCall) => {
    if (running.delete(gated) || waiting.delete(gated)) letIn();
  };

  return {
    enter: (given, signal) =>
      new Promise((resolve, reject) => {
        const gated = { ...given };
        const giveUp = () => {
          leave(gated);
          reject(signal.reason);
        };
        waiting.set(gated, () => {
          signal.removeEventListener('abort', giveUp);
          waiting.delete(gated);
          running.add(gated);
          resolve(() => leave(gated));
        });
        signal.addEventListener('abort', giveUp, { once: true });
        if (signal.aborted) giveUp();
        else letIn();
      }),
  };
}

function* earlierThan(gated: GatedCall, waiting: Iterable<GatedCall>): Generator<GatedCall> {
  for (const other of waiting) {
    if (other === gated) return;
    yield other;
  }
}

function exclude(a: GatedCall, b: GatedCall): boolean {
  if (a.kind === 'alone' || b.kind === 'alone') return true;
  if (a.kind === 'schema') return b.kind !== 'other';
  if (b.kind === 'schema') return a.kind !== 'other';
  return a.kind === 'write' && b.kind === 'write' && overlap(a.records, b.records);
}

const NO_RECORDS: ReadonlySet<string> = new Set();

function overlap(a: GatedCall['records'] = NO_RECORDS, b: GatedCall['records'] = NO_RECORDS): boolean {
  for (const record of a) if (b.has(record)) return true;
  return false;
}
