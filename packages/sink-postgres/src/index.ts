import type { SinkTarget, StoreSink } from '@dbsync/core/contract';
import { createSqlSink } from '@dbsync/sql';
import { readAddress } from './postgres-address.js';
import { createPostgresEngine } from './postgres-engine.js';

export { errorCodes } from './error-codes.js';

/** The sink behind `postgres:` and `postgresql:`. Connects to nothing yet. @throws a fatal SinkError on bad options */
export function createSink(target: SinkTarget): StoreSink {
  return createSqlSink(createPostgresEngine(readAddress(target)), target);
}
