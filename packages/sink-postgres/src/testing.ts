import type { CreateTestTargets } from '@dbsync/core/contract';
import { createSqlTestTargets } from '@dbsync/sql';
import { readAddress } from './postgres-address.js';
import { createPostgresEngine } from './postgres-engine.js';

/** Makes places for `dbsync plugins test` in a database: tables under prefixes of their own. */
export const createTestTargets: CreateTestTargets = (target) =>
  createSqlTestTargets(createPostgresEngine(readAddress(target)), target);
