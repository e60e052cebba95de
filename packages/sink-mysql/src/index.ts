import type { SinkTarget, StoreSink } from '@dbsync/core/contract';
import { createSqlSink, errorCodes as sqlCodes } from '@dbsync/sql';
import { errorCodes as ownCodes } from './error-codes.js';
import { readAddress } from './mysql-address.js';
import { createMysqlEngine } from './mysql-engine.js';

/** All that this sink can throw: the codes of its engine, and of the SQL that it shares with others. */
export const errorCodes = { ...sqlCodes, ...ownCodes };

/** The sink behind `mysql:` and `mariadb:`. Connects to nothing yet. @throws a fatal SinkError on bad options */
export function createSink(target: SinkTarget): StoreSink {
  return createSqlSink(createMysqlEngine(readAddress(target), target.notify), target);
}
