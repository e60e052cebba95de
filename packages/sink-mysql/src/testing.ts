import type { CreateTestTargets } from '@dbsync/core/contract';
import { createSqlTestTargets } from '@dbsync/sql';
import { readAddress } from './mysql-address.js';
import { createMysqlEngine } from './mysql-engine.js';

/** Makes places for `dbsync plugins test` in a database: tables under prefixes of their own. */
export const createTestTargets: CreateTestTargets = (target) =>
  createSqlTestTargets(createMysqlEngine(readAddress(target)), target);
