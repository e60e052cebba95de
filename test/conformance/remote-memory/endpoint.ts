import { type EndpointSink, isSinkError, type Message, type Verdict } from '@dbsync/core/contract';
import { createConnection } from './connection.ts';

/** A correct endpoint sink over TCP, for the cases that break connections and kill processes. */
export function createRemoteMemoryEndpoint(host: string, port: number): EndpointSink {
  const connection = createConnection(host, port);
  const deliver = async ({ id, contact, transaction, state }: Message, signal: AbortSignal): Promise<Verdict> => {
    try {
      return await connection.call('take', [{ id, body: JSON.stringify({ contact, transaction, state }) }], { signal });
    } catch (error) {
      if (!isSinkError(error) || signal.aborted) throw error;
      return { verdict: 'retry', reason: error.message, answer: '', fault: 'target' };
    }
  };
  return {
    kind: 'endpoint',
    open: (options) => connection.call('open', [], options),
    checkHealth: async (options) => {
      try {
        await connection.call('checkHealth', [], options);
        return [{ level: 'pass', what: 'The inbox answers.', remedy: null }];
      } catch (error) {
        return [{ level: 'fail', what: String(error), remedy: 'Start the inbox.' }];
      }
    },
    close: async () => connection.close(),
    deliver: (messages, { signal }) => Promise.all(messages.map((message) => deliver(message, signal))),
  };
}
