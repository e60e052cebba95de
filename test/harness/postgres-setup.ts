import type { TestProject } from 'vitest/node';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a superuser, on the server that all tests of a run share. */
    readonly postgresUrl: string;
  }
}

let server: PostgresServer | undefined;

/** Vitest's global setup: one PostgreSQL a run; an address in the environment replaces it. */
export async function setup(project: TestProject): Promise<void> {
  const given = process.env.DBSYNC_TEST_POSTGRES_URL;
  if (given === undefined) server = await startPostgres({ settings: { max_connections: '200' } });
  project.provide('postgresUrl', given ?? (server as PostgresServer).url);
}

export async function teardown(): Promise<void> {
  await server?.stop();
}
