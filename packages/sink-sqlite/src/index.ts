import type { CreateSink } from '@dbsync/core/contract';
import { createSqlSink, errorCodes as sqlCodes } from '@dbsync/sql';
import { errorCodes as ownCodes } from './error-codes.js';
import { createSqliteEngine } from './sqlite-engine.js';

/** All that this sink can throw: the codes of its engine, and of the SQL that it shares with others. */
export const errorCodes = { ...sqlCodes, ...ownCodes };

/** `sqlite:FILE`: one file, made where it is missing; several campaigns may share it. */
export const createSink: CreateSink = (target) => createSqlSink(createSqliteEngine(target), target);
