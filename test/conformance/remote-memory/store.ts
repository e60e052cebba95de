import type { StoreSink } from '@dbsync/core/contract';
import { createConnection } from './connection.ts';

/** A correct store sink over TCP, for the cases that break connections and kill processes. */
export function createRemoteMemoryStore(host: string, port: number): StoreSink {
  const connection = createConnection(host, port);
  return {
    kind: 'store',
    limits: { concurrentWrites: 1, batchContacts: 500, batchBytes: 1_000_000 },
    open: (options) => connection.call('open', [], options),
    close: async () => connection.close(),
    checkHealth: async (options) => {
      try {
        return await connection.call('checkHealth', [], options);
      } catch (error) {
        return [{ level: 'fail', what: String(error), remedy: 'Start the memory server.' }];
      }
    },
    declareFields: (fields, options) => connection.call('declareFields', [fields], options),
    claim: (stream, plan, options) => connection.call('claim', [stream, plan], options),
    renew: (claim, options) => connection.call('renew', [claim], options),
    release: (claim, options) => connection.call('release', [claim], options),
    readState: (stream, options) => connection.call('readState', [stream], options),
    readVersions: (claim, ids, options) => connection.call('readVersions', [claim, ids], options),
    write: ({ contacts, ...batch }, claim, options) => {
      const parts = Array.from({ length: Math.ceil(contacts.length / 10) }, (_, nr) =>
        contacts.slice(nr * 10, nr * 10 + 10),
      );
      return connection.call('write', [batch, claim], options, parts);
    },
    listDeadLetters: (stream, options) => connection.call('listDeadLetters', [stream], options),
    postRequest: (stream, request, options) => connection.call('postRequest', [stream, request], options),
    takeRequests: (claim, options) => connection.call('takeRequests', [claim], options),
  };
}
