import type { Finding, SinkError, SinkTarget, StoreSink } from '@dbsync/core/contract';
import { onceEach } from './engine/notices.js';
import type { SqlEngine } from './engine/sql-engine.js';
import { readSettings } from './engine/sql-settings.js';
import { createOpenDatabase } from './open-database.js';
import { readContactVersions } from './read-versions.js';
import { copyTables } from './schema/copy-tables.js';
import { readSchema } from './schema/schema-state.js';
import { checkTables } from './schema/table-health.js';
import { createSqlBulk } from './sql-bulk.js';
import { createSqlDeclaring } from './sql-declaring.js';
import { createSqlErasure } from './sql-erasure.js';
import { createSqlExplaining } from './sql-explaining.js';
import { createSqlFilling } from './sql-filling.js';
import { createSqlIndexing } from './sql-indexing.js';
import { createSqlMirroring } from './sql-mirroring.js';
import { createSqlReporting } from './sql-reporting.js';
import { createSqlSummarising } from './sql-summarising.js';
import { createSqlVerifying } from './sql-verifying.js';
import { createSqlViewing } from './sql-viewing.js';
import { claimStream, releaseClaim, renewClaim } from './stream/lease.js';
import { listDeadLetters } from './stream/list-dead-letters.js';
import { postRequest, readRequests } from './stream/mailbox.js';
import { readStreamState } from './stream-state.js';
import { checkViews } from './views/keep-views.js';
import { createRowsMarks } from './write/rows-marks.js';
import { writeBatch } from './write/write-batch.js';

/**
 * Creates the store sink of a SQL engine. It keeps all promises of a store, in the same way for every engine; the
 * engine supplies the differences. Throws a fatal `SinkError` for options that contradict each other. Opens no connection.
 */
export function createSqlSink(
  engine: SqlEngine,
  { options: given, onlyLooks = false, copyMayBeMissing = false, notify }: Omit<SinkTarget, 'address'>,
): StoreSink {
  const settings = readSettings(given);
  const marks = createRowsMarks();
  const database = createOpenDatabase(engine, settings, {
    onlyLooks,
    copyMayBeMissing,
    notify: onceEach(notify),
  });
  const { call, callOnTables } = database;

  return {
    kind: 'store',
    limits: engine.limits,
    ...(engine.connections && { connections: engine.connections }),

    open: database.open,
    close: database.close,

    async checkHealth(options) {
      try {
        return await database.attempt(options, async (context) => {
          const copied = await copyTables(context, options);
          return [
            ...(await context.session.checkHealth({ ...options, copyTables: copied })),
            ...(await checkTables(context, { movesValues: !onlyLooks }, options)),
            ...(copied.length === 0 ? [] : await checkViews(context, await readSchema(context, options), options)),
          ];
        });
      } catch (error) {
        // An aborted check says nothing about the target.
        if (options.signal.aborted) throw error;
        return [failure(engine.toSinkError(error))];
      }
    },

    ...createSqlDeclaring(database),

    async claim(stream, plan, options) {
      await database.look(options);
      return call(options, async (context, schema) => {
        schema.forget();
        return claimStream(context, stream, plan, options);
      });
    },
    renew: (claim, options) => callOnTables(options, (context) => renewClaim(context, claim, options)),
    release: (claim, options) => call(options, (context) => releaseClaim(context, claim, options)),

    readState: (stream, options) =>
      call(options, async (context, schema) =>
        readStreamState(context, await schema.current(options), marks, stream, options),
      ),
    readVersions: (claim, contactIds, options) =>
      callOnTables(options, async (context, schema) =>
        readContactVersions(context, await schema.current(options), claim, contactIds, options),
      ),

    write: (batch, claim, options) =>
      callOnTables(options, (context, schema) => writeBatch(context, schema, marks, batch, claim, options)),

    listDeadLetters: (stream, options) => callOnTables(options, (context) => listDeadLetters(context, stream, options)),
    postRequest: (stream, request, options) =>
      call(options, (context) => postRequest(context, stream, request, options)),
    takeRequests: (claim, options) => callOnTables(options, (context) => readRequests(context, claim, options)),
    ...(engine.loadsFirstCopy && { bulk: createSqlBulk(database) }),
    indexing: createSqlIndexing(database),
    filling: createSqlFilling(database),
    erasure: createSqlErasure(database),
    mirroring: createSqlMirroring(database),
    verifying: createSqlVerifying(database),
    reporting: createSqlReporting(database),
    explaining: createSqlExplaining(database),
    ...(engine.viewDialect && {
      viewing: createSqlViewing(database, engine.viewDialect),
      summarising: createSqlSummarising(database, engine.viewDialect),
    }),
  };
}

function failure({ code, message }: SinkError): Finding {
  return { level: 'fail', what: message, remedy: `See ${code}` };
}
