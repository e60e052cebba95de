import { type CallOptions, isSinkError, SinkError } from '../contract/index.js';
import { DbsyncError, isDbsyncError } from '../errors/dbsync-error.js';
import { reachDistantServers } from '../network/reach-distant-servers.js';
import { createCallGate, type GatedCall } from './call-gate.js';
import { linkSignals } from './linked-signal.js';

/**
 * The calls of a sink as its guard lets them through. Every method may be called at any time; a call at a wrong time is
 * refused.
 */
export interface GuardedCalls {
  open<O extends CallOptions>(options: O, call: (options: O) => Promise<void>): Promise<void>;
  /**
   * Runs a call of the sink.
   *
   * @throws SinkError; DbsyncError `SINK_MISUSED` before `open` and after `close`
   */
  run<O extends CallOptions, T>(
    name: string,
    gated: GatedCall,
    options: O,
    call: (options: O) => Promise<T>,
  ): Promise<T>;
  /** Aborts the calls under way, waits for them, then closes. A second call returns the result of the first. */
  close(call: () => Promise<void>): Promise<void>;
}

/**
 * The time that a call may take to end after its abort, and `close` to end. After this time the guard gives the call up,
 * even if the sink still works on it.
 */
const GRACE_MS = 5_000;

export function createGuardedCalls(concurrentWrites: number): GuardedCalls {
  const gate = createCallGate(concurrentWrites);
  const closing = new AbortController();
  let isOpen = false;
  let closed: Promise<void> | null = null;

  const perform = async <O extends CallOptions, T>(
    name: string,
    gated: GatedCall,
    options: O,
    call: (options: O) => Promise<T>,
  ): Promise<T> => {
    const { signal, unlink } = linkSignals(options.signal, closing.signal);
    const leave = await gate.enter(gated, signal).catch((cause: unknown) => {
      unlink();
      throw aborted(name, 'not-committed', cause);
    });
    try {
      if (signal.aborted) throw aborted(name, 'not-committed', signal.reason);
      return await answer(name, () => call({ ...options, signal }), signal);
    } catch (error) {
      throw asSinkError(name, error, signal);
    } finally {
      unlink();
      leave();
    }
  };

  return {
    open: (options, call) =>
      perform('open', { kind: 'alone' }, options, async (given) => {
        if (isOpen) throw misused('open was called on an open sink');
        reachDistantServers();
        await call(given);
        isOpen = true;
      }),
    run: async (name, gated, options, call) => {
      if (closed) throw misused(`${name} was called after close`);
      if (!isOpen) throw misused(`${name} was called before open`);
      return perform(name, gated, options, call);
    },
    close: (call) => {
      closed ??= closeAfter(gate.enter({ kind: 'alone' }, NEVER), call);
      closing.abort(new Error('The sink is being closed.'));
      return closed;
    },
  };
}

async function closeAfter(othersEnded: Promise<unknown>, call: () => Promise<void>): Promise<void> {
  await othersEnded;
  try {
    await answer('close', call, AbortSignal.abort());
  } catch (error) {
    throw asSinkError('close', error, NEVER);
  }
}

const NEVER = new AbortController().signal;

/**
 * Returns the sink's result or error. If the sink does not end within `GRACE_MS` after the abort, rejects with an
 * unknown outcome.
 */
function answer<T>(name: string, call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    let patience: NodeJS.Timeout | undefined;
    const startCounting = () => {
      patience = setTimeout(() => reject(aborted(name, 'unknown', signal.reason)), GRACE_MS);
    };
    const end = () => {
      clearTimeout(patience);
      signal.removeEventListener('abort', startCounting);
    };
    if (signal.aborted) startCounting();
    else signal.addEventListener('abort', startCounting, { once: true });
    const called = async () => call();
    called().finally(end).then(resolve, reject);
  });
}

/**
 * Converts an error to a SinkError. Any other error has no known meaning: the target may have committed, and may
 * succeed next time. So it is unclassified, unless the operating system reported it about a connection or a disk.
 */
function asSinkError(name: string, error: unknown, signal: AbortSignal): Error {
  if (isSinkError(error) || isDbsyncError(error)) return error;
  if (signal.aborted) return aborted(name, 'unknown', error);
  const message = error instanceof Error ? error.message : String(error);
  return new SinkError('SINK_FAILED', `The sink's ${name} failed: ${message}`, {
    verdict: 'retryable',
    outcome: 'unknown',
    isUnclassified: !isOfTheSystem(error),
    isOutOfSpace: systemCodeOf(error) === 'ENOSPC',
    cause: error,
  });
}

/**
 * Returns true for an error of Node.js with a code of the system: a refused or broken connection, an unknown host, a
 * full disk.
 */
function isOfTheSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && systemCodeOf(error) !== null;
}

function systemCodeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function aborted(name: string, outcome: SinkError['outcome'], cause: unknown): SinkError {
  return new SinkError('SINK_CALL_ABORTED', `The sink's ${name} was aborted.`, {
    verdict: 'retryable',
    outcome,
    cause,
  });
}

function misused(what: string): DbsyncError {
  return new DbsyncError('SINK_MISUSED', `${what}.`);
}
