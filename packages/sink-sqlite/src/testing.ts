import { existsSync, rmSync } from 'node:fs';
import type { CreateTestTargets, TestTargets } from '@dbsync/core/contract';
import { createSqlTestTargets } from '@dbsync/sql';
import { fileOf } from './file-address.js';
import { createSqliteEngine } from './sqlite-engine.js';

/**
 * Makes places for `dbsync plugins test` in one file: tables under prefixes of their own. A file that a place made is removed,
 * unless a table is left in it.
 */
export const createTestTargets: CreateTestTargets = (target) => {
  const file = fileOf(target.address);
  const targets = createSqlTestTargets(createSqliteEngine(target), target);
  let isMade: boolean | null = null;
  const contents: TestTargets['contents'] = async (options) => (existsSync(file) ? targets.contents(options) : []);
  return {
    contents,
    createPlace: (number, options) => {
      isMade ??= !existsSync(file);
      return targets.createPlace(number, options);
    },
    close: async () => {
      let isEmpty = false;
      try {
        if (isMade) isEmpty = (await contents({ signal: AbortSignal.timeout(PATIENCE_MS) })).length === 0;
      } finally {
        await targets.close();
      }
      if (isEmpty) for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    },
  };
};

const PATIENCE_MS = 60_000;
