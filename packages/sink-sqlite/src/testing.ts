import { existsSync, rmSync } from 'node:fs';
import type { CreateTestTargets } from '@dbsync/core/contract';
import { createSqlTestTargets } from '@dbsync/sql';
import { fileOf } from './file-address.js';
import { createSqliteEngine } from './sqlite-engine.js';

/** Makes places for `dbsync plugins test` in one file: tables under prefixes of their own. A file that it made is removed. */
export const createTestTargets: CreateTestTargets = (target) => {
  const file = fileOf(target.address);
  const wasThere = existsSync(file);
  const targets = createSqlTestTargets(createSqliteEngine(target), target);
  return {
    ...targets,
    contents: async (options) => (existsSync(file) ? targets.contents(options) : []),
    close: async () => {
      await targets.close();
      if (!wasThere) for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    },
  };
};
