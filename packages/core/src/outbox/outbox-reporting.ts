import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { CallOptions, Reporting } from '../contract/index.js';
import type { OutboxAccess } from './commit/outbox-access.js';
import { fatal, toOutboxError } from './file/outbox-errors.js';
import { refuseOtherFile } from './file/state-file.js';
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
  if (statSync(file, { throwIfNoEntry: false }) === undefined) {
    throw fatal('OUTBOX_STATE_MISSING', `There is no state file ${file}: webhook mode has never run here.`);
  }
  try {
    const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      refuseOtherFile(db, file);
    } catch (error) {
      db.close();
      throw error;
    }
    return { reporting: readingBy(async (read) => read(db)), close: () => db.close() };
  } catch (error) {
    throw toOutboxError(error, file);
  }
}

/** How long a statement waits while another process writes to the file. */
const BUSY_TIMEOUT_MS = 1_000;

type Reading = <T>(read: (db: DatabaseSync) => T, options: CallOptions) => Promise<T>;

function readingBy(read: Reading): ReadStateFile['reporting'] {
  return {
    listStreams: (options) => read(readStreamNames, options),
    describeStream: (stream, options) => read((db) => readStreamFacts(db, stream), options),
    countRows: async () => [],
  };
}
