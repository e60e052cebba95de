import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { truthLines } from '../harness/compare/truth-source.ts';
import { type DbsyncChild, type PrintedEvent, startDbsync } from '../harness/dbsync-child.ts';
import { type CopyTarget, openTargets } from '../harness/targets.ts';
import { startReceiver } from '../harness/webhook/webhook-receiver.ts';

/** An instant before the simulator's past. */
const SINCE = new Date(Date.now() - 32 * 86_400_000).toISOString();

async function startCampaign(nr: number): Promise<Simulator> {
  const simulator = await startSimulator({ seed: nr, campaign: `CAMPAIGN${nr}`, contacts: 60, token: `canary-${nr}` });
  onTestFinished(() => simulator.close());
  return simulator;
}

/** Starts a database that takes connections and never answers. */
async function startHangingDatabase(): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `postgres://user:canary@127.0.0.1:${(server.address() as AddressInfo).port}/calls`;
}

/** Returns a folder with a file of campaigns, and the way to change it. */
function configFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'dbsync.json');
  const write = (config: object) => writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const secret = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 });
  return { file, write, secret };
}

/** Waits for an event of one campaign. */
function nextOf(daemon: DbsyncChild, name: string, fits: (event: PrintedEvent) => boolean): Promise<PrintedEvent> {
  return daemon.next((event) => event.name === name && fits(event));
}

/** Resolves when the campaign has copied all up to now. */
async function untilCaughtUp(daemon: DbsyncChild, name: string): Promise<void> {
  const calledMs = Date.now();
  await nextOf(daemon, name, ({ type, time, lagMs }) => {
    return type === 'cycle' && typeof lagMs === 'number' && Date.parse(String(time)) - lagMs > calledMs;
  });
}

/** Compares the copies of these campaigns in one database with the truth. */
async function compared(target: CopyTarget, simulators: readonly Simulator[]) {
  const truth = async function* () {
    for (const { url } of simulators) yield* truthLines(`${url}/__truth`);
  };
  return target.read((copy) => compareWithTruth(truth, copy));
}

const isCode = (code: string) => (event: PrintedEvent) => event.code === code;

it.each(['sqlite', 'postgres'] as const)(
  '%s: campaigns of one process do not touch each other, and a file that is read again changes those that differ',
  async (engine) => {
    const [fine, refused, added] = [await startCampaign(1), await startCampaign(2), await startCampaign(3)];
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const { file, write, secret } = configFolder();
    secret('fine.token', fine.token);
    secret('refused.token', 'canary-wrong');
    secret('url', target.url);
    const of = ({ campaign, url }: Simulator, name: string) => ({ name, campaign, 'api-url': url });
    const campaigns = {
      fine: { ...of(fine, 'fine'), 'token-file': 'fine.token' },
      refused: { ...of(refused, 'refused'), 'token-file': 'refused.token' },
      hanging: { ...of(fine, 'hanging'), 'token-file': 'fine.token', 'url-env': 'HANGING_URL' },
      hook: { ...of(fine, 'hook'), mode: 'webhook', 'token-file': 'fine.token', url: `${receiver.origin}/calls` },
      added: { ...of(added, 'added'), 'token-env': 'ADDED_TOKEN' },
    };
    const { hanging, hook } = campaigns;
    const defaults = {
      mode: 'db_sync',
      since: SINCE,
      interval: 1,
      'url-file': 'url',
      'webhook-rate': 1000,
      'state-dir': 'state',
    };
    const config = { 'metrics-port': 0, defaults };
    write({ ...config, campaigns: [campaigns.refused, hanging, campaigns.fine, hook] });

    const variables = { HANGING_URL: await startHangingDatabase(), ADDED_TOKEN: added.token };
    const daemon = startDbsync({ config: file }, variables, ['run']);
    onTestFinished(() => daemon.kill('SIGKILL'));
    const served = daemon.next(({ type, text }) => type === 'log' && String(text).startsWith('Metrics: '));
    const stopped = nextOf(daemon, 'refused', isCode('CLI_CAMPAIGN_STOPPED'));
    await Promise.all([stopped, untilCaughtUp(daemon, 'fine'), untilCaughtUp(daemon, 'hook')]);
    expect(daemon.events.find(({ type, name }) => type === 'error' && name === 'refused')).toMatchObject({
      code: 'API_TOKEN_REFUSED',
    });
    fine.activity.step(20, 'transaction');
    await Promise.all([untilCaughtUp(daemon, 'fine'), receiver.received(1)]);
    const isSame = async (simulators: readonly Simulator[]) => {
      const { differences, rows } = await compared(target, simulators);
      expect(differences).toEqual([]);
      expect(rows).toBeGreaterThan(100);
    };
    await isSame([fine]);

    const address = /http:\S+(?=\/metrics)/.exec(String((await served).text))?.[0];
    const states = async () => {
      const { campaigns: each } = (await (await fetch(`${address}/readyz`)).json()) as {
        readonly campaigns: readonly { readonly name: string; readonly state: string }[];
      };
      return Object.fromEntries(each.map(({ name, state }) => [name, state]));
    };
    // An interval of a second leaves a busy machine late for a cycle now and then.
    const expected = { refused: 'stopped', hanging: 'starting', fine: 'current', hook: 'current' };
    await expect.poll(states, { timeout: 60_000 }).toEqual(expected);
    const readiness = async () => (await fetch(`${address}/readyz/fine`)).status;
    await expect.poll(readiness, { timeout: 60_000 }).toBe(200);
    const samples = await (await fetch(`${address}/metrics`)).text();
    expect(samples).toContain('\ndbsync_claim_held{campaign="fine"} 1\n');
    expect(samples).toContain('\ndbsync_claim_held{campaign="hanging"} 0\n');

    writeFileSync(file, '{"campaigns": [', { mode: 0o600 });
    const kept = daemon.next(isCode('CLI_CONFIG_KEPT'));
    daemon.kill('SIGHUP');
    expect(String((await kept).message)).toContain(`${file}:1:`);

    secret('refused.token', refused.token);
    const withoutRefusal = [campaigns.refused, campaigns.fine, { ...hook, 'webhook-concurrency': 2 }, campaigns.added];
    write({ ...config, json: true, campaigns: withoutRefusal });
    const applied = daemon.next(isCode('CLI_CONFIG_APPLIED'));
    const [untilRefused, untilAdded, untilHook] = ['refused', 'added', 'hook'].map((name) =>
      nextOf(daemon, name, ({ type }) => type === 'cycle'),
    );
    const needsStart = daemon.next(isCode('CLI_CONFIG_NEEDS_START'));
    daemon.kill('SIGHUP');
    expect((await applied).message).toContain('started refused, added; stopped hanging; restarted hook.');
    expect((await needsStart).message).toContain('json: changed in the file');
    await Promise.all([untilRefused, untilAdded, untilHook]);
    await Promise.all(['refused', 'added', 'fine'].map((name) => untilCaughtUp(daemon, name)));
    await isSame([fine, refused, added]);
    expect(Object.keys(await states()).sort()).toEqual(['added', 'fine', 'hook', 'refused']);
    expect(daemon.events.filter(({ type, name }) => type === 'claimed' && name === 'fine')).toHaveLength(1);

    daemon.kill('SIGTERM');
    expect(await daemon.ended, daemon.output().slice(-4_000)).toBe(0);
    expect(daemon.output()).not.toContain('canary');
  },
);

it('runs the campaigns that --campaign names, by options over the file, and ends when all have ended', async () => {
  const simulator = await startCampaign(1);
  await using targets = await openTargets('sqlite');
  await using target = await targets.create();
  const { file, write } = configFolder();
  const campaign = { campaign: simulator.campaign, token: simulator.token, 'api-url': simulator.url, mode: 'db_sync' };
  const other = { ...campaign, name: 'other', url: 'sqlite:/dev/null/nowhere' };
  write({ campaigns: [{ ...campaign, name: 'one', url: target.url }, other] });
  const daemon = startDbsync({ config: file, campaign: 'one', mode: 'db_init' }, {}, ['run']);
  expect(await daemon.ended, daemon.output().slice(-4_000)).toBe(0);
  const codes = daemon.events.map(({ code }) => code);
  expect(codes).toContain('CLI_SECRET_INLINE');
  expect(codes).toContain('CLI_CONFIG_OVERRIDDEN');
  expect(daemon.events.filter(({ type }) => type === 'started')).toMatchObject([{ name: 'one', mode: 'db_init' }]);
  expect(daemon.output()).not.toContain('canary');

  const status = startDbsync({ config: file, campaign: 'one' }, {}, ['status']);
  expect(await status.ended, status.output()).toBe(7);
  const unclear = startDbsync({ config: file }, {}, ['status']);
  expect(await unclear.ended).toBe(2);
  expect(unclear.output()).toContain('Give --campaign with one of: one, other.');
});

it('starts a campaign although four before it hang while they start', async () => {
  const simulator = await startCampaign(1);
  await using targets = await openTargets('sqlite');
  await using target = await targets.create();
  const { file, write } = configFolder();
  const defaults = { mode: 'db_sync', token: simulator.token, 'api-url': simulator.url, campaign: simulator.campaign };
  const url = await startHangingDatabase();
  const hanging = [1, 2, 3, 4].map((nr) => ({ name: `hanging-${nr}`, url, 'table-prefix': `copy${nr}_` }));
  write({ defaults, campaigns: [...hanging, { name: 'fine', url: target.url }] });
  const daemon = startDbsync({ config: file }, {}, ['run']);
  onTestFinished(() => daemon.kill('SIGKILL'));
  await untilCaughtUp(daemon, 'fine');
  const started = daemon.events.filter(({ type }) => type === 'started').map(({ name }) => name);
  expect(started).toEqual([...hanging.map(({ name }) => name), 'fine']);
  daemon.kill('SIGTERM');
  expect(await daemon.ended, daemon.output().slice(-4_000)).toBe(0);
});

it('shares connections to one PostgreSQL database, and copies all of its campaigns', async () => {
  const simulators = [await startCampaign(1), await startCampaign(2), await startCampaign(3)];
  await using targets = await openTargets('postgres');
  await using target = await targets.create();
  const { file, write } = configFolder();
  const campaigns = simulators.map(({ campaign, token, url }) => ({ campaign, token, 'api-url': url }));
  const defaults = { mode: 'db_sync', since: SINCE, url: target.url, interval: 1 };
  write({ 'shared-connections': 4, defaults, campaigns });
  const admin = new pg.Client({ connectionString: target.url });
  await admin.connect();
  // It binds no superuser, as the account of the tests is one.
  await admin.query(`ALTER DATABASE ${pg.escapeIdentifier(admin.database ?? '')} CONNECTION LIMIT 3`);
  const daemon = startDbsync({ config: file }, {}, ['run']);
  onTestFinished(() => daemon.kill('SIGKILL'));
  await Promise.all(simulators.map(({ campaign }) => untilCaughtUp(daemon, campaign)));
  expect((await compared(target, simulators)).differences).toEqual([]);
  const opened = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'dbsync'";
  await expect.poll(async () => (await admin.query(opened)).rowCount).toBeLessThanOrEqual(4);
  await admin.end();
  const tooFew = 'may open 4 connections, and the CONNECTION LIMIT of the database';
  const warnings = daemon.events.filter(({ message }) => String(message).includes(tooFew));
  expect(warnings.map(({ code }) => code)).toEqual(['CLI_TARGET_UNFIT']);
  expect(String(warnings[0]?.message)).toContain('or lower shared-connections in the file');
  const doctor = startDbsync({ config: file, campaign: campaigns[0]?.campaign ?? '' }, {}, ['doctor']);
  expect(await doctor.ended, doctor.output()).toBe(0);
  expect(doctor.output()).toContain(tooFew);
  daemon.kill('SIGTERM');
  expect(await daemon.ended, daemon.output().slice(-4_000)).toBe(0);
});

it('shares connections to one MariaDB database where the file has a number, and copies all of its campaigns', async () => {
  const simulators = [await startCampaign(1), await startCampaign(2), await startCampaign(3)];
  await using targets = await openTargets('mariadb');
  await using target = await targets.create();
  const { file, write } = configFolder();
  const campaigns = simulators.map(({ campaign, token, url }) => ({ campaign, token, 'api-url': url }));
  const defaults = { mode: 'db_sync', since: SINCE, url: target.url, interval: 1 };
  write({ 'shared-connections': 4, defaults, campaigns });
  const daemon = startDbsync({ config: file }, {}, ['run']);
  onTestFinished(() => daemon.kill('SIGKILL'));
  await Promise.all(simulators.map(({ campaign }) => untilCaughtUp(daemon, campaign)));
  const admin = await createConnection(target.url);
  const opened = 'SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()';
  expect((await admin.query<RowDataPacket[]>(opened))[0].length).toBeLessThanOrEqual(4);
  await admin.end();
  expect((await compared(target, simulators)).differences).toEqual([]);
  daemon.kill('SIGTERM');
  expect(await daemon.ended, daemon.output().slice(-4_000)).toBe(0);
});
