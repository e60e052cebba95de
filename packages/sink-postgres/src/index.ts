import type { SinkTarget, StoreSink } from '@dbsync/core/contract';
import { createSqlSink, errorCodes as sqlCodes } from '@dbsync/sql';
import { errorCodes as ownCodes } from './error-codes.js';
import { readAddress } from './postgres-address.js';
import { createPostgresEngine } from './postgres-engine.js';

/** All codes that this sink can throw: those of its engine, and those that SQL sinks share. */
export const errorCodes = { ...sqlCodes, ...ownCodes };

/**
 * Creates the sink behind `postgres:` and `postgresql:`. Connects to nothing yet. @throws a fatal SinkError on bad
 * options
 */
export function createSink(target: SinkTarget): StoreSink {
  return createSqlSink(createPostgresEngine(readAddress(target), target.share), target);
}
