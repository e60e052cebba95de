import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresCopy } from './postgres-copy.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import { openSqliteCopy } from './sqlite-copy.ts';
import type { StoredCopy } from './stored-copy.ts';

export const ENGINES = ['sqlite', 'postgres'] as const;
export type EngineName = (typeof ENGINES)[number];

/** Where a copy goes, and how it is read back by other means than the sink's own. */
export interface CopyTarget extends AsyncDisposable {
  /** For `--url`. */
  readonly url: string;
  read<T>(use: (copy: StoredCopy) => Promise<T>): Promise<T>;
}

/** Fresh targets of one engine. Dispose of it when all are done with. */
export interface Targets extends AsyncDisposable {
  create(): Promise<CopyTarget>;
  /** For engines with a server. */
  readonly server: PostgresServer | null;
}

export async function openTargets(engine: EngineName, { durable = false } = {}): Promise<Targets> {
  return engine === 'sqlite' ? sqliteTargets() : postgresTargets(await startPostgres({ durable }));
}

function sqliteTargets(): Targets {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-copies-'));
  let files = 0;
  return {
    server: null,
    create: async () => {
      const file = join(folder, `copy-${++files}.db`);
      return {
        url: `sqlite:${file}`,
        read: async (use) => {
          using copy = openSqliteCopy(file);
          return await use(copy);
        },
        [Symbol.asyncDispose]: async () => {
          for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
        },
      };
    },
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

function postgresTargets(server: PostgresServer): Targets {
  return {
    server,
    create: async () => {
      const url = await server.createDatabase();
      return {
        url,
        read: async (use) => {
          await using copy = await openPostgresCopy(url);
          return await use(copy);
        },
        [Symbol.asyncDispose]: async () => {},
      };
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
