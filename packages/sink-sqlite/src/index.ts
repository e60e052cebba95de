import type { CreateSink } from '@dbsync/core/contract';
import { createSqlSink } from '@dbsync/sql';
import { createSqliteEngine } from './sqlite-engine.js';

export { errorCodes } from './error-codes.js';

/** `sqlite:FILE`: one file, made where it is missing; several campaigns may share it. */
export const createSink: CreateSink = (target) => createSqlSink(createSqliteEngine(target), target);
