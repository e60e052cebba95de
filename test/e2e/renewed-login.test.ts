import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { untilCaughtUp } from '../harness/caught-up.ts';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { queryRows } from '../harness/compare/query-rows.ts';
import { startDbsync } from '../harness/dbsync-child.ts';
import { ENGINES, type EngineName, openTargets } from '../harness/targets.ts';

/** The statements that make the account of the daemon, change its password, and end its connections. */
interface Login {
  create(password: string): readonly string[];
  change(password: string): string;
  /** Returns the statements that end what this query of the server names. */
  readonly cut: readonly [query: string, end: (id: string) => string];
}

const MYSQL: Login = {
  create: (password) => [`CREATE USER keeper IDENTIFIED BY '${password}'`, 'GRANT ALL ON *.* TO keeper'],
  change: (password) => `ALTER USER keeper IDENTIFIED BY '${password}'`,
  cut: ["SELECT id FROM information_schema.processlist WHERE user = 'keeper'", (id) => `KILL ${id}`],
};
const LOGINS: Readonly<Partial<Record<EngineName, Login>>> = {
  postgres: {
    create: (password) => [`CREATE ROLE keeper LOGIN PASSWORD '${password}'`, 'GRANT ALL ON SCHEMA public TO keeper'],
    change: (password) => `ALTER ROLE keeper PASSWORD '${password}'`,
    cut: ["SELECT pid FROM pg_stat_activity WHERE usename = 'keeper'", (pid) => `SELECT pg_terminate_backend(${pid})`],
  },
  mariadb: MYSQL,
  mysql: MYSQL,
};

for (const engine of ENGINES) {
  const login = LOGINS[engine];
  if (login === undefined) continue;
  it(`${engine}: a daemon goes on with the password that --url-file holds once the database refuses the former one`, async () => {
    const simulator = await startSimulator({ contacts: 100 });
    onTestFinished(() => simulator.close());
    const folder = mkdtempSync(join(tmpdir(), 'dbsync-login-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const admin = (text: string) => queryRows(target.url, text);
    const file = join(folder, 'url');
    const write = (password: string) => {
      const address = new URL(target.url);
      [address.username, address.password] = ['keeper', password];
      writeFileSync(file, address.href);
    };
    for (const statement of login.create('first-password')) await admin(statement);
    write('first-password');
    const { campaign, token, url } = simulator;
    const options = { campaign, token, 'api-url': url, 'url-file': file };
    expect(await startDbsync({ mode: 'db_init', ...options }).ended).toBe(0);
    const daemon = startDbsync({ mode: 'db_sync', ...options, interval: 1 });
    await untilCaughtUp(daemon);

    writeFileSync(file, '');
    const kept = daemon.next(({ code }) => code === 'CLI_URL_KEPT');
    await admin(login.change('second-password'));
    const [query, end] = login.cut;
    for (const [id] of await admin(query)) await admin(end(String(id))).catch(ignoreEnded);
    await kept;
    simulator.activity.step(20);
    const changed = daemon.next(({ code }) => code === 'CLI_URL_CHANGED');
    write('second-password');
    await changed;
    await untilCaughtUp(daemon);
    daemon.kill('SIGTERM');
    expect(await daemon.ended, daemon.output().slice(-2_000)).toBe(0);
    expect(daemon.output()).not.toContain('second-password');
    const { differences } = await target.read((copy) => compareWithTruth(`${url}/__truth`, copy));
    expect(differences).toEqual([]);
  });
}

/** A connection that ended by itself between the list and its end is no failure of the test. */
function ignoreEnded(error: { readonly message: string }): void {
  if (!error.message.startsWith('Unknown thread id')) throw error;
}
