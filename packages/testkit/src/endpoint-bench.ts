import type { CallOptions, EndpointSink, Message, Verdict } from '@dbsync/core/contract';
import type { EndpointTarget } from './endpoint-subject.js';

/** The tools of a case: one empty target, and sinks on it that are closed when the case ends. */
export interface EndpointBench {
  readonly target: EndpointTarget;
  /** Options for every call; they end with the case's deadline. */
  readonly options: CallOptions;
  /** Opens the sink, a new one where none is given. */
  open(sink?: EndpointSink): Promise<EndpointSink>;
  /** Delivers as core does: repeats messages that were not accepted, a few times. Returns the last verdicts. */
  deliverInTheEnd(sink: EndpointSink, messages: readonly Message[]): Promise<readonly (Verdict | null)[]>;
  close(): Promise<void>;
}

/** The tries of a delivery: a pool may have to notice the loss of each of its connections. */
const TRIES = 12;

export function openEndpointBench(target: EndpointTarget, options: CallOptions): EndpointBench {
  const opened: EndpointSink[] = [];
  return {
    target,
    options,
    open: async (sink = target.createSink()) => {
      opened.push(sink);
      await sink.open(options);
      return sink;
    },
    deliverInTheEnd: async (sink, messages) => {
      const verdicts = new Map<string, Verdict | null>(messages.map(({ id }) => [id, null]));
      for (let attempt = 1; attempt <= TRIES; attempt += 1) {
        const left = messages.filter(({ id }) => verdicts.get(id)?.verdict !== 'accepted');
        if (left.length === 0) break;
        const answers = await sink
          .deliver(
            left.map((message) => ({ ...message, attempt })),
            options,
          )
          .catch(() => []);
        for (const [nr, { id }] of left.entries()) verdicts.set(id, answers[nr] ?? null);
      }
      return messages.map(({ id }) => verdicts.get(id) ?? null);
    },
    close: async () => {
      const closed = await Promise.allSettled(opened.map((sink) => sink.close()));
      await target.remove();
      for (const outcome of closed) if (outcome.status === 'rejected') throw outcome.reason;
    },
  };
}
