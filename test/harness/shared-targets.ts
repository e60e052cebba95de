import { inject } from 'vitest';
import {
  createTestDatabase as createMysqlDatabase,
  dropTestDatabase as dropMysqlDatabase,
} from './servers/mysql-database.ts';
import {
  createTestDatabase as createPostgresDatabase,
  dropTestDatabase as dropPostgresDatabase,
} from './servers/postgres-database.ts';
import type {} from './servers/servers-setup.ts';
import { type EngineName, openTargets, SERVERS, type Targets, withParameters } from './targets.ts';

/** The databases that a test makes on a server which all tests of the run share. */
interface SharedServer {
  create(): Promise<string>;
  drop(url: string): Promise<void>;
  /** Parameters of an address with which a login succeeds. */
  readonly login: Readonly<Record<string, string>>;
}

/**
 * Opens targets on the servers that all tests of the run share: a server of its own costs a test seconds of CPU. For
 * tests that leave the settings and the users of a server as they are; others, and those that stop it, take
 * `openTargets`.
 */
export async function sharedTargets(engine: EngineName): Promise<Targets> {
  const server = sharedServer(engine);
  if (server === null || engine === 'sqlite' || engine === 'mssql') return openTargets(engine);
  const made: string[] = [];
  return {
    server: null,
    create: async () => {
      const url = await server.create();
      made.push(url);
      return {
        url: withParameters(url, server.login),
        read: async (use) => {
          await using copy = await SERVERS[engine].openCopy(url);
          return await use(copy);
        },
        [Symbol.asyncDispose]: async () => {},
      };
    },
    [Symbol.asyncDispose]: async () => {
      for (const url of made) await server.drop(url);
    },
  };
}

/** Returns the shared server of an engine; null: it has none, or none was started for this run. */
function sharedServer(engine: EngineName): SharedServer | null {
  switch (engine) {
    case 'postgres':
      return inject('postgresUrl') ? { create: createPostgresDatabase, drop: dropPostgresDatabase, login: {} } : null;
    case 'mariadb':
    case 'mysql': {
      if (!inject(`${engine}Url`)) return null;
      const login = engine === 'mysql' ? inject('mysqlLogin') : {};
      return { create: () => createMysqlDatabase(engine), drop: dropMysqlDatabase, login };
    }
    default:
      return null;
  }
}
