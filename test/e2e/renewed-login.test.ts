import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { untilCaughtUp } from '../harness/caught-up.ts';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { startDbsync } from '../harness/dbsync-child.ts';
import { openTargets } from '../harness/targets.ts';

it('a daemon goes on with the password that --url-file holds once the database refuses the former one', async () => {
  const simulator = await startSimulator({ contacts: 100 });
  onTestFinished(() => simulator.close());
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-login-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await using targets = await openTargets('postgres');
  await using target = await targets.create();
  const admin = new pg.Client({ connectionString: target.url });
  await admin.connect();
  const file = join(folder, 'url');
  const write = (password: string) => {
    const address = new URL(target.url);
    [address.username, address.password] = ['keeper', password];
    writeFileSync(file, address.href);
  };
  await admin.query("CREATE ROLE keeper LOGIN PASSWORD 'first-password'; GRANT ALL ON SCHEMA public TO keeper");
  write('first-password');
  const { campaign, token, url } = simulator;
  const options = { campaign, token, 'api-url': url, 'url-file': file };
  expect(await startDbsync({ mode: 'db_init', ...options }).ended).toBe(0);
  const daemon = startDbsync({ mode: 'db_sync', ...options, interval: 1 });
  await untilCaughtUp(daemon);

  writeFileSync(file, '');
  const kept = daemon.next(({ code }) => code === 'CLI_URL_KEPT');
  await admin.query("ALTER ROLE keeper PASSWORD 'second-password'");
  await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'keeper'");
  await kept;
  simulator.activity.step(20);
  const changed = daemon.next(({ code }) => code === 'CLI_URL_CHANGED');
  write('second-password');
  await changed;
  await untilCaughtUp(daemon);
  // Before the database goes, whose end would end this connection.
  await admin.end();
  daemon.kill('SIGTERM');
  expect(await daemon.ended, daemon.output().slice(-2_000)).toBe(0);
  expect(daemon.output()).not.toContain('second-password');
  const { differences } = await target.read((copy) => compareWithTruth(`${url}/__truth`, copy));
  expect(differences).toEqual([]);
});
