import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runHere } from '../../../test/harness/command/command-here.ts';
import { postgresOfEachTest } from '../../../test/harness/servers/postgres-of-each-test.ts';
import { createSink } from '../src/index.ts';

const database = postgresOfEachTest(createSink);

it('counts the values of all tables that it loads at the end of a first copy: autovacuum does so a minute later at the earliest', async () => {
  const simulator = await startSimulator({ contacts: 50 });
  onTestFinished(() => simulator.close());
  const { campaign, token, url } = simulator;
  const options = { campaign, token, 'api-url': url, url: database.url };
  const argv = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const { code, stdout } = await runHere(['--mode=db_init', ...argv], {});
  expect(code, stdout).toBe(0);
  const counted = await database.query(
    "SELECT DISTINCT tablename AS name FROM pg_stats WHERE schemaname = 'public' ORDER BY 1",
  );
  const tables = ['mcall_connections', 'mcall_contacts', 'mcall_recordings', 'mcall_transactions'];
  expect(counted.map(({ name }) => name)).toEqual(tables);
});
