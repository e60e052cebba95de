import type { EndpointSink, Message, Verdict } from '@dbsync/core/contract';
import type { Inbox } from './inbox.ts';

/** An endpoint sink. It returns `accepted` only where the target has confirmed it, and repeats nothing: dbsync does. */
export function createEndpoint(inbox: Inbox): EndpointSink {
  return {
    kind: 'endpoint',
    open: async ({ signal }) => signal.throwIfAborted(),
    checkHealth: async () => [{ level: 'pass', what: 'The inbox takes messages.', remedy: null }],
    close: async () => {},
    deliver: (messages, { signal }) => Promise.all(messages.map((message) => deliverOne(inbox, message, signal))),
  };
}

/** Delivers a message with its id, so that the target recognises a message that comes twice. */
async function deliverOne(
  inbox: Inbox,
  { id, contact, transaction, state }: Message,
  signal: AbortSignal,
): Promise<Verdict> {
  const answer = await inbox.take(id, JSON.stringify({ contact, transaction, state }), signal);
  switch (answer) {
    case 'taken':
      return { verdict: 'accepted' };
    case 'refused':
      return { verdict: 'refused', reason: 'The inbox refuses the message for good.', answer };
    case 'down':
      return { verdict: 'retry', reason: 'The inbox is down.', answer, fault: 'target' };
  }
}
