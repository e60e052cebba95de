import { type CreateSink, type EndpointSink, isSinkError, type Verdict } from '@dbsync/core/contract';
import { BROKE } from '../remote-memory/connection.ts';
import { createRemoteMemoryEndpoint } from '../remote-memory/endpoint.ts';

/** A fault that breaks one promise of an endpoint sink on a network, or of one whose process dies. */
export type RemoteEndpointBreakage = (good: EndpointSink) => Partial<EndpointSink>;

/** A larger message has left the process, so the sink that loses messages believes that it has arrived. */
const FILLS_A_BUFFER = 4_000;

const accepted: Verdict = { verdict: 'accepted' };

/** Faults by the case that each must fail. */
export const remoteEndpointBreakages: Readonly<Record<string, RemoteEndpointBreakage>> = {
  'an outage is a fault of the target, not of the messages, which arrive after it': (good) => ({
    deliver: async (messages, options) => {
      const verdicts = await good.deliver(messages, options);
      return verdicts.map((verdict) => (verdict.verdict === 'retry' ? { ...verdict, fault: 'message' } : verdict));
    },
  }),

  'a connection that breaks at any byte of a delivery loses no message and makes no dead letter': (good) => ({
    deliver: async (messages, options) => {
      const verdicts = await good.deliver(messages, options);
      if (JSON.stringify(messages).length < FILLS_A_BUFFER) return verdicts;
      return verdicts.map((verdict) => ('reason' in verdict && verdict.reason === BROKE ? accepted : verdict));
    },
  }),

  'calls to a target that no longer answers end soon after their abort, and so does close': (good) => ({
    deliver: (messages) => good.deliver(messages, { signal: new AbortController().signal }),
  }),

  'open succeeds where no server answers, or fails with a retryable error': (good) => ({
    open: (options) =>
      good.open(options).catch((error: unknown) => {
        throw isSinkError(error) ? new Error(error.message) : error;
      }),
  }),

  'the health check of a target that cannot be reached returns that finding and does not throw': (good) => ({
    checkHealth: async (options) => {
      const findings = await good.checkHealth(options);
      if (findings.some(({ level }) => level === 'fail')) throw new Error('Connection terminated unexpectedly');
      return findings;
    },
  }),

  'messages that were accepted before the process was killed have arrived, and in the end all have': (good) => ({
    deliver: async (messages, options) => {
      setTimeout(() => good.deliver(messages, options).catch(() => {}), 50);
      return messages.map(() => accepted);
    },
  }),
};

/** Creates the sink in child processes of conformance: `options.breaks` is a case. */
export const createSink: CreateSink = ({ address, options }) => {
  const good = createRemoteMemoryEndpoint(address.host, address.port ?? 0);
  return { ...good, ...remoteEndpointBreakages[String(options.breaks)]?.(good) };
};
