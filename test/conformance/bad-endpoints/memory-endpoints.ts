import type { EndpointSink, Fields, Json, Message, Verdict } from '@dbsync/core/contract';
import { isDigits, isFields } from '@dbsync/core/contract';
import type { EndpointBreakage } from '../memory-endpoint-subject.ts';

/** A handle that a bad sink leaves open stays longer than its test takes on a slow machine. */
const STAYS_MS = 300_000;

/** Bad endpoints by the case that each must fail: correct except for the promise of that case. */
export const badEndpoints: Readonly<Record<string, EndpointBreakage>> = {
  'each message is accepted and arrives completely, with its id': changing((message) => ({ ...message, state: 'new' })),

  'each message gets one verdict, in order, and a message that is not accepted does not affect the others': (good) => ({
    deliver: async (messages, options) => {
      const verdicts = await good.deliver(messages, options);
      return verdicts.toSorted((a, b) => a.verdict.localeCompare(b.verdict));
    },
  }),

  'a message that is delivered again arrives under the same id': changing((message) =>
    message.attempt === 1 ? message : { ...message, id: `${message.id}-${message.attempt}` },
  ),

  'each of several calls at the same time returns the verdicts of its own messages': (good) => {
    let last: Promise<readonly Verdict[]> | null = null;
    return {
      deliver: async (messages, options) => {
        const own = good.deliver(messages, options);
        const answered = last ?? own;
        last = own;
        await own;
        last = null;
        return answered;
      },
    };
  },

  'messages are not changed': (good) => ({
    deliver: async (messages, options) => {
      const verdicts = await good.deliver(messages, options);
      for (const message of messages) Object.assign(message, { deliveredAt: 1 });
      return verdicts;
    },
  }),

  'a message that is refused for good is reported so each time, with the answer, and affects no other message': (
    good,
  ) => ({
    deliver: async (messages, options) => {
      const verdicts = await good.deliver(messages, options);
      return verdicts.map((verdict) =>
        verdict.verdict === 'refused' ? { ...verdict, verdict: 'retry', fault: 'target' } : verdict,
      );
    },
  }),

  'an answer that the target is down is a fault of the target, not of the messages, which arrive after it': (good) => ({
    deliver: async (messages, options) => {
      const verdicts = await good.deliver(messages, options);
      return verdicts.map((verdict) =>
        'fault' in verdict && verdict.fault === 'target' ? { ...verdict, fault: 'message' } : verdict,
      );
    },
  }),

  'any text arrives code unit by code unit': changingValues((value) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  ),

  'any number arrives with its digits': changingValues((value, depth) =>
    isDigits(value) && depth < 3 ? Number(value.rawJSON) : value,
  ),

  'any JSON, under any key, arrives': (good) => ({
    deliver: (messages, options) =>
      good.deliver(
        messages.map((message) => ({ ...message, contact: Object.assign({}, message.contact) })),
        options,
      ),
  }),

  'a message of three megabytes arrives completely': changingValues((value) =>
    typeof value === 'string' ? value.slice(0, 65_536) : value,
  ),

  'a certificate or token that was renewed on disk is used without opening the sink again': (good, inbox) => {
    const own = inbox.identity;
    return {
      deliver: async (messages, options) => {
        if (inbox.identity === own) return good.deliver(messages, options);
        return messages.map(() => ({ verdict: 'retry', reason: 'Unknown sender.', answer: '', fault: 'target' }));
      },
    };
  },

  'a health check returns findings and delivers nothing': (good, inbox) => ({
    checkHealth: async (options) => {
      inbox.take({ id: 'test', body: '{"contact":{},"transaction":{},"state":"new"}' });
      return good.checkHealth(options);
    },
  }),

  'an aborted delivery ends soon, and the messages that it accepted have arrived': (good) => ({
    deliver: async (messages, options) => {
      const accepted = messages.map((): Verdict => ({ verdict: 'accepted' }));
      return good.deliver(messages, options).catch(() => accepted);
    },
  }),

  'a second close does nothing, and another sink on the target still works': closingTwice,

  'a closed sink leaves no timer, socket or file behind': (good) => ({
    open: async (options) => {
      for (let nr = 0; nr < 5; nr += 1) setTimeout(() => {}, STAYS_MS);
      await good.open(options);
    },
  }),
};

function closingTwice(good: EndpointSink): Partial<EndpointSink> {
  let isClosed = false;
  return {
    close: async () => {
      if (isClosed) throw new Error('The endpoint is closed already.');
      isClosed = true;
      await good.close();
    },
  };
}

function changing(change: (message: Message) => Message): EndpointBreakage {
  return (good) => ({ deliver: (messages, options) => good.deliver(messages.map(change), options) });
}

/** Changes values of messages, at any depth. */
function changingValues(change: (value: Json, depth: number) => Json): EndpointBreakage {
  const changed = (value: Json, depth: number): Json => {
    if (Array.isArray(value)) return value.map((item) => changed(item, depth + 1));
    if (isFields(value)) return changedFields(value, depth + 1);
    return change(value, depth);
  };
  const changedFields = (fields: Fields, depth: number): Fields =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, changed(value, depth)]));
  return changing((message) => ({
    ...message,
    contact: changedFields(message.contact, 0),
    transaction: changedFields(message.transaction, 0),
  }));
}
