import type { CreateTestTargets } from '@dbsync/core/contract';
import { createSqlTestTargets } from '@dbsync/sql';
import { readAddress } from './mssql-address.js';
import { createMssqlEngine } from './mssql-engine.js';

/** Makes places for `dbsync plugins test` in a database: tables under prefixes of their own. */
export const createTestTargets: CreateTestTargets = (target) =>
  createSqlTestTargets(createMssqlEngine(readAddress(target)), target);
