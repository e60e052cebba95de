import type { CreateSink } from '@dbsync/core/contract';
import { createSqlSink, errorCodes as sqlCodes } from '@dbsync/sql';
import { errorCodes as ownCodes } from './error-codes.js';
import { createSqliteEngine } from './sqlite-engine.js';

/** All codes that this sink can throw: those of its engine, and those that SQL sinks share. */
export const errorCodes = { ...sqlCodes, ...ownCodes };

/** Creates the sink behind `sqlite:FILE`: one file, made where it is missing. Several campaigns may share it. */
export const createSink: CreateSink = (target) => createSqlSink(createSqliteEngine(target), target);
