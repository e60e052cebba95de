import { existsSync, mkdirSync, mkdtempDisposableSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { runHere } from '../harness/command/command-here.ts';
import { runCommand } from '../harness/command/command-run.ts';
import { dbsync } from '../harness/command/copy-commands.ts';
import { schemaAt } from '../harness/schema-at.ts';
import { DISTINCT_ENGINES, type EngineName, openTargets } from '../harness/targets.ts';

/** Returns the address of a user who may only read this database. */
const READERS: Readonly<Partial<Record<EngineName, (url: string) => Promise<string>>>> = {
  async postgres(url) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("CREATE ROLE reader LOGIN PASSWORD 'reader'");
    await client.query(
      'REVOKE CREATE ON SCHEMA public FROM public; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader',
    );
    await client.query('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader');
    await client.end();
    return Object.assign(new URL(url), { username: 'reader', password: 'reader' }).href;
  },
  async mariadb(url) {
    const connection = await createConnection({ uri: url.replace(/^mariadb:/, 'mysql:') });
    await connection.query("CREATE USER reader@'%' IDENTIFIED BY 'reader'");
    await connection.query(`GRANT SELECT ON ${new URL(url).pathname.slice(1)}.* TO reader@'%'`);
    await connection.end();
    return Object.assign(new URL(url), { username: 'reader', password: 'reader' }).href;
  },
};

for (const engine of DISTINCT_ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: plan works without a copy and for a user who may only read, and says what a start does`, async () => {
    const simulator = await startSimulator({ contacts: 12 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const reader = { ...target, url: (await READERS[engine]?.(target.url)) ?? target.url };
    const plan = async (...argv: readonly string[]) => {
      const { code, stdout } = await dbsync(simulator, reader, ['plan', '--json', ...argv]);
      expect(stdout.split('\n'), stdout).toHaveLength(2);
      return { code, ...JSON.parse(stdout) };
    };
    const empty = await plan('--mode', 'db_init');
    expect(empty).toMatchObject({ code: 5, mode: 'db_init', hasCopy: false, refused: null, heldBy: null });
    expect(empty.changes).toContainEqual(expect.objectContaining({ change: 'create-table', table: 'mcall_contacts' }));
    expect(empty.requests).toMatchObject({ listed: 12, bodies: 12, isMore: false });
    expect(empty.window).toMatchObject({ listedFrom: null, eventsFrom: null, inboundFrom: null });
    expect(await schemaAt(target.url)).toEqual(new Map());
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });

    const whole = await plan('--mode', 'db_init');
    expect(whole).toMatchObject({
      code: 0,
      hasCopy: true,
      changes: [],
      effects: [],
      requests: { listed: 12, bodies: 0 },
    });
    const narrower = await plan('--mode', 'db_init', '--filter-mode', 'updates_only');
    expect(narrower).toMatchObject({ code: 5, changes: [] });
    const below = await dbsync(simulator, reader, ['plan', '--filter-mode', 'updates_only']);
    expect(below.stdout.replaceAll('\n', ' ')).toMatch(
      /^A start of db_sync would change no table of .*, but see below\./,
    );
    simulator.activity.step(1, 'new-field');
    const field = await plan('--mode', 'db_init', '--filter-mode', 'updates_only', '--exclude-fields', '$phone');
    expect(field).toMatchObject({ code: 5, requests: { bodies: 12 } });
    expect(field.changes).toMatchObject([{ change: 'add', table: 'mcall_contacts' }]);
    expect(field.effects.join(' ')).toMatch(/options differ .* all contacts are fetched again.* filter leaves out/s);
    const { stdout } = await dbsync(simulator, reader, ['plan']);
    expect(stdout).toMatch(/^A start of db_sync would make 1 change in\s/);
    expect(stdout.split('\n').filter((line) => line.length > 80 && !line.includes('/'))).toEqual([]);
  });
}

it('plan of webhook mode says start, receiver, signature and filter of the next start, and touches nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-plan-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const state = join(folder, 'state');
  const variables = {
    DBSYNC_CAMPAIGN: 'CAMPAIGN',
    DBSYNC_TOKEN: 'token',
    DBSYNC_URL: 'https://crm.example.com/hook/SECRETPATH',
    DBSYNC_STATE_DIR: state,
    DBSYNC_LOG_DIR: join(folder, 'logs'),
  };
  const plan = async (...argv: readonly string[]) => {
    using run = runCommand(['plan', ...argv], variables);
    return { code: await run.ended, stdout: run.stdout() };
  };
  const first = await plan('--json', '--since', '2026-03-02', '--filter-prefix', 'fc_');
  expect(first.code, first.stdout).toBe(5);
  expect(JSON.parse(first.stdout)).toMatchObject({
    state: 'new',
    start: '2026-03-02T00:00:00.000Z',
    isSigned: false,
    target: expect.stringContaining('crm.example.com'),
    filter: { mode: 'all', prefixes: ['fc_'] },
    refused: null,
  });
  const text = await plan();
  expect(text.stdout).toMatch(/^A start of webhook mode would make a new outbox, and send to/);
  expect(text.stdout).not.toContain('SECRETPATH');
  expect(existsSync(state) ? readdirSync(state) : []).toEqual([]);

  const { outbox } = JSON.parse(first.stdout);
  mkdirSync(dirname(outbox), { recursive: true });
  writeFileSync(outbox, 'a letter to a friend, and long enough that it fills the head of a file'.repeat(9));
  const refused = await plan('--json');
  expect(refused.code, refused.stdout).toBe(8);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    state: 'lost',
    refused: expect.stringMatching(/^OUTBOX_DAMAGED: /),
  });
});

it('plan of webhook mode refuses what a start refuses: a lost state file, also where an empty one is in its place', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-plan-'));
  const [logs, state] = [join(folder.path, 'logs'), join(folder.path, 'state')];
  for (const made of [logs, state]) mkdirSync(made);
  const options = {
    DBSYNC_CAMPAIGN: 'CAMPAIGN',
    DBSYNC_TOKEN: 'token',
    DBSYNC_API_URL: 'http://127.0.0.1:9',
    DBSYNC_URL: 'http://127.0.0.1:9/hook',
    DBSYNC_STATE_DIR: state,
    DBSYNC_LOG_DIR: logs,
  };
  const plan = async (...argv: readonly string[]) => {
    const { code, stdout } = await runHere(['plan', '--json', ...argv], options);
    return { code, ...JSON.parse(stdout) };
  };
  const empty = join(state, 'CAMPAIGN.sqlite');
  const since = ['--since', '2026-03-02'];
  writeFileSync(empty, '');
  expect(await plan()).toMatchObject({ code: 5, state: 'new', refused: null });
  writeFileSync(join(logs, 'CAMPAIGN_webhook_2026-03-01T08-00-00Z.log'), 'x INFO     Cycle: 1 contact\n');
  for (const make of [() => {}, () => rmSync(empty)]) {
    make();
    expect(await plan()).toMatchObject({
      code: 8,
      state: 'lost',
      refused: expect.stringMatching(/^OUTBOX_STATE_MISSING/),
    });
    const start = await runHere(['--mode', 'webhook'], options);
    expect(start).toMatchObject({ code: 2, stdout: expect.stringContaining('OUTBOX_STATE_MISSING') });
    const doctor = await runHere(['doctor', '--mode', 'webhook', '--json', '--no-sample'], options);
    expect(doctor.stdout).toContain('OUTBOX_STATE_MISSING');
    expect(await plan(...since)).toMatchObject({ code: 5, state: 'new', start: '2026-03-02T00:00:00.000Z' });
  }
});
