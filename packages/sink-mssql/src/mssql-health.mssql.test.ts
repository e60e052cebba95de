import { randomUUID } from 'node:crypto';
import type { Finding } from '@dbsync/core/contract';
import type { TediousClient } from '@dbsync/tds-peer/tedious-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectMssql, createTestDatabase, dropTestDatabase } from '../../../test/harness/servers/mssql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './mssql-address.js';
import { createMssqlEngine } from './mssql-engine.js';

const options = { signal: new AbortController().signal };
const PASSWORD = 'Str0ng-enough!';
let url: string;
let admin: TediousClient;
beforeAll(async () => {
  url = await createTestDatabase();
  admin = await connectMssql(url);
});
afterAll(async () => {
  await admin[Symbol.asyncDispose]();
  await dropTestDatabase(url);
});

async function health(at: string): Promise<readonly Finding[]> {
  const session = await createMssqlEngine(readAddress(serverTarget(at))).connect(options);
  try {
    return await session.checkHealth(options);
  } finally {
    await session.close();
  }
}

it('finds nothing that fails for a user who may do everything', async () => {
  const findings = await health(url);
  expect(findings[0]?.what).toMatch(/^(SQL Server|Azure SQL|Babelfish).*, (not )?encrypted/);
  expect(findings.filter(({ level }) => level === 'fail')).toEqual([]);
  expect(findings.length).toBeGreaterThan(4);
});

it('shows the grant to a user who may not create tables, in health and in the error', async () => {
  const login = `poor_${randomUUID().slice(0, 8)}`;
  await admin.runBatch(`CREATE LOGIN ${login} WITH PASSWORD = '${PASSWORD}'`);
  await admin.runBatch(`CREATE USER ${login} FOR LOGIN ${login}`);
  const at = new URL(url);
  [at.username, at.password] = [login, encodeURIComponent(PASSWORD)];
  const engine = createMssqlEngine(readAddress(serverTarget(at.href)));
  const session = await engine.connect(options);
  const denied = await session.schema
    .alter(session.db.schema.createTable('x').addColumn('id', 'integer').compile(), options)
    .catch(engine.toSinkError);
  await session.close();
  expect(denied).toMatchObject({
    code: 'MSSQL_PRIVILEGE_MISSING',
    verdict: 'fatal',
    message: expect.stringContaining(`GRANT CREATE TABLE TO [${login}]`),
  });
  const failing = (await health(at.href)).filter(({ level }) => level === 'fail');
  expect(failing.map(({ remedy }) => remedy)).toEqual([
    `GRANT CREATE TABLE TO [${login}]; GRANT ALTER, REFERENCES, SELECT, INSERT, UPDATE, DELETE ON SCHEMA::[dbo] TO [${login}]`,
  ]);
});
