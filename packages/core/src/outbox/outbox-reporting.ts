import type { DatabaseSync } from 'node:sqlite';
import type { CallOptions, Reporting } from '../contract/index.js';
import type { OutboxAccess } from './commit/outbox-access.js';
import { lookAtStateFile } from './file/state-file.js';
import { readStreamFacts, readStreamNames } from './report/stream-facts.js';

/** Creates the part of the outbox that keeps heartbeats, and that `dbsync status` reads. */
export function createOutboxReporting(access: OutboxAccess): Reporting {
  return {
    keepHeartbeat: ({ stream, holder }, text, options) =>
      access.commit(({ streams, heartbeats }) => {
        const row = streams.find(stream);
        if (row !== undefined) heartbeats.keep(row.nr, holder, text, Date.now());
      }, options),
    ...readingBy((read, options) => access.read(({ db }) => read(db), options)),
  };
}

/** A state file that is only read. */
export interface ReadStateFile {
  readonly reporting: Omit<Reporting, 'keepHeartbeat'>;
  close(): void;
}

/**
 * Opens a state file for `dbsync status`: a file of an earlier version stays as it is.
 *
 * @throws a fatal SinkError where there is none, or it is no state file
 */
export function readStateFile(file: string): ReadStateFile {
  const db = lookAtStateFile(file);
  return { reporting: readingBy(async (read) => read(db)), close: () => db.close() };
}

type Reading = <T>(read: (db: DatabaseSync) => T, options: CallOptions) => Promise<T>;

function readingBy(read: Reading): ReadStateFile['reporting'] {
  return {
    listStreams: (options) => read(readStreamNames, options),
    describeStream: (stream, options) => read((db) => readStreamFacts(db, stream), options),
    countRows: async () => [],
  };
}
