import type { SinkTarget, StoreSink } from '@dbsync/core/contract';
import { createSqlSink, errorCodes as sqlCodes } from '@dbsync/sql';
import { errorCodes as ownCodes } from './error-codes.js';
import { readAddress } from './mysql-address.js';
import { createMysqlEngine } from './mysql-engine.js';
import { chosenShare } from './mysql-pool.js';

/** All codes that this sink can throw: those of its engine, and those that SQL sinks share. */
export const errorCodes = { ...sqlCodes, ...ownCodes };

/**
 * Creates the sink behind `mysql:` and `mariadb:`. Connects to nothing yet. @throws a fatal SinkError on bad options
 */
export function createSink(target: SinkTarget): StoreSink {
  return createSqlSink(createMysqlEngine(readAddress(target), target.notify, chosenShare(target.share)), target);
}
