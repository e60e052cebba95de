import { type CallOptions, type EndpointSink, type Message, SinkError, type Verdict } from '../contract/index.js';
import type { GatedCall } from './call-gate.js';
import { createGuardedCalls } from './guarded-calls.js';
import { linkSignals } from './linked-signal.js';
import { describeFlaw } from './verdict-shape.js';

/** The longest time of an attempt: the guard then aborts the call, even if the sink has a longer deadline or none. */
const LAST_DEADLINE_MS = 5 * 60_000;

/**
 * Wraps the sink for core, and keeps the promises that the contract makes to the sink's author. Calls come in the
 * contract's order, and no contact is in two calls at a time.
 *
 * To core it promises:
 * - Every call ends soon after its abort, and within minutes in any case, even if the sink hangs.
 * - There is one verdict for each message, in the contract's form, or else a SinkError `SINK_MISBEHAVED`.
 * - Every error is a SinkError, or a DbsyncError `SINK_MISUSED` if core itself broke the order.
 * - `close` ends the calls under way first, and is passed on once.
 */
export function guardEndpoint(sink: EndpointSink): EndpointSink {
  const calls = createGuardedCalls(Number.POSITIVE_INFINITY);
  return {
    kind: 'endpoint',
    open: (options) => calls.open(options, (given) => sink.open(given)),
    checkHealth: (options) => calls.run('checkHealth', OTHER, options, (given) => sink.checkHealth(given)),
    close: () => calls.close(() => sink.close()),
    deliver: async (messages, options) => {
      const { signal, ...listeners } = options;
      const deliver = (given: CallOptions) => sink.deliver(messages, { ...listeners, ...given });
      const verdicts = await withLastDeadline({ signal }, (given) =>
        calls.run('deliver', contactsOf(messages), given, deliver),
      );
      return checked(messages, verdicts);
    },
  };
}

const OTHER: GatedCall = { kind: 'other' };

function contactsOf(messages: readonly Message[]): GatedCall {
  return { kind: 'write', records: new Set(messages.map(({ contactId }) => contactId)) };
}

async function withLastDeadline<T>({ signal }: CallOptions, call: (options: CallOptions) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error('It took too long.')), LAST_DEADLINE_MS);
  const linked = linkSignals(signal, late.signal);
  try {
    return await call({ signal: linked.signal });
  } finally {
    linked.unlink();
    clearTimeout(timer);
  }
}

function checked(messages: readonly Message[], verdicts: readonly Verdict[]): readonly Verdict[] {
  const flaw = describeFlaw(verdicts, messages.length);
  if (flaw === null) return verdicts;
  throw new SinkError('SINK_MISBEHAVED', `The sink's deliver broke its contract: ${flaw}.`, {
    verdict: 'retryable',
    outcome: 'unknown',
  });
}
