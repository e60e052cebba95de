import { createSink } from '@dbsync/sink-postgres';
import { storeCases } from '@dbsync/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, dropTestDatabase } from '../harness/servers/postgres-database.ts';
import { withClient } from '../harness/servers/postgres-server.ts';
import { postgresSubject } from '../harness/servers/postgres-store.ts';
import { plantFunctions } from './planted-functions.ts';

const suffix = Math.random().toString(36).slice(2);
const [victim, mallory] = [`victim_${suffix}`, `mallory_${suffix}`];
/** The planted schema before PostgreSQL's own, the worst path that an operator can choose. */
const searchPath = '-c search_path=public,pg_catalog';
/**
 * The cases without those that run no other statements and take long (separate processes, 100,000 contacts), and
 * without restored tables: the test itself would trust the path. A look that must change nothing is left out too: the
 * planted views show the server's own catalogue, which changes by itself.
 */
const CASES = storeCases.filter(
  ({ name }) =>
    !/\bprocess\b|\bset back\b|\bonly looks\b|\bbefore the first start\b|\bno copy stands\b|100,000/.test(name),
);
let planted = '';
const ran: string[] = [];

function query<R extends pg.QueryResultRow>(url: string, text: string): Promise<R[]> {
  return withClient(url, async (client) => (await client.query<R>(text)).rows);
}

beforeAll(async () => {
  planted = await createTestDatabase();
  await query(planted, `CREATE ROLE ${victim} LOGIN PASSWORD 'x'; CREATE ROLE ${mallory} LOGIN PASSWORD 'x'`);
  await plantFunctions(planted, mallory, victim);
});
afterAll(async () => {
  await query(planted, `DROP OWNED BY ${victim}, ${mallory} CASCADE; DROP ROLE ${victim}, ${mallory}`);
  await dropTestDatabase(planted);
});

const subject = postgresSubject(
  ({ address, options, ...target }) =>
    createSink({
      ...target,
      address: { ...address, user: victim, password: 'x' },
      options: { ...options, options: searchPath },
    }),
  {
    createDatabase: () => createTestDatabase(new URL(planted).pathname.slice(1)),
    async dropDatabase(url) {
      const [sequence] = await query<{ is_called: boolean }>(url, 'SELECT is_called FROM public.planted_ran');
      if (sequence?.is_called) ran.push(url);
      await dropTestDatabase(url);
    },
  },
);

it('the planted objects run in a session that trusts the schema', async () => {
  const address = new URL(planted);
  address.username = victim;
  address.password = 'x';
  address.searchParams.set('options', searchPath);
  const calls = ["SELECT quote_ident('a'::pg_catalog.name)", "SELECT 'a'::varchar = 'b'", 'SELECT * FROM pg_class'];
  for (const call of calls) await expect(query(address.href, call)).rejects.toThrow('a planted object ran');
  await query(planted, "SELECT pg_catalog.setval('public.planted_ran', 1, false)");
});

describe('no function, operator, cast, type or view of another role runs with the rights of dbsync', () => {
  for (const { name, run } of CASES) {
    it(name, async () => {
      ran.length = 0;
      await run(subject);
      expect(ran).toEqual([]);
    });
  }
});
