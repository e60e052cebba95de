import { join } from 'node:path';
import { loadSink } from '@dbsync/core';
import type { SinkNotice } from '@dbsync/core/contract';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { createTestDatabase } from '../harness/servers/postgres-database.ts';

const from = join(import.meta.dirname, '../../packages/cli/src/bin.ts');

async function storeAt(url: string) {
  const notices: SinkNotice[] = [];
  const loaded = await loadSink({ url, from, notify: (notice) => void notices.push(notice) });
  if (loaded.kind !== 'store') throw new TypeError('it should be a store');
  return { store: loaded.store, notices };
}

it.each([
  ['Neon', 'postgresql://u:p@ep-x.eu-central-1.aws.neon.tech/neondb?sslmode=require&channel_binding=require'],
  ['Supabase', 'postgres://postgres.x:p@aws-0-eu.pooler.supabase.com:6543/postgres?pgbouncer=true&connection_limit=1'],
  ['Prisma', 'postgresql://u:p@h:5432/d?schema=public&pool_timeout=0'],
  [
    'a failover pair',
    'postgres://u:p@h/d?target_session_attrs=read-write&keepalives=1&keepalives_idle=30&keepalives_interval=10&keepalives_count=3',
  ],
  ['libpq', 'postgres://u:p@h/d?gssencmode=disable&sslmode=prefer&fallback_application_name=x&tcp_user_timeout=1000'],
  ['a Go program', 'postgres://u:p@h/d?sslmode=allow&binary_parameters=yes&statement_timeout=30000'],
  ['DigitalOcean', 'mysql://u:p@h:25060/d?ssl-mode=required'],
  ['a MySQL client', 'mysql://u:p@h/d?ssl-mode=Preferred'],
])('takes an address of %s', async (_, url) => {
  await expect(storeAt(url)).resolves.toMatchObject({ store: { kind: 'store' } });
});

it('connects with all of these parameters, into the schema that Prisma names', async () => {
  const database = await createTestDatabase();
  const admin = new pg.Client({ connectionString: database });
  await admin.connect();
  onTestFinished(() => admin.end());
  await admin.query('CREATE SCHEMA "Mixed Case"');
  const parameters =
    'sslmode=disable&channel_binding=prefer&target_session_attrs=read-write&keepalives=1&keepalives_idle=30&gssencmode=prefer&statement_timeout=1&binary_parameters=yes&pgbouncer=false&schema=Mixed%20Case';
  const { store } = await storeAt(`${database}?${parameters}`);
  const { signal } = new AbortController();
  await store.open({ signal });
  await store.declareFields([], { signal });
  await store.close();
  const { rows } = await admin.query(`SELECT to_regclass('"Mixed Case".mcall_contacts') IS NOT NULL AS made`);
  expect(rows).toEqual([{ made: true }]);
});
