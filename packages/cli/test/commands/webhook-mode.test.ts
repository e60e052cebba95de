import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandRun, runCommand } from '../../../../test/harness/command/command-run.ts';
import {
  accept,
  type Behaviour,
  type Receiver,
  startReceiver,
} from '../../../../test/harness/webhook/webhook-receiver.ts';

const DAY_MS = 86_400_000;
let folder: string;
let simulator: Simulator;
let receiver: Receiver;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dbsync-webhook-'));
  simulator = await startSimulator({ contacts: 100 });
  receiver = await startReceiver();
});
afterEach(async () => {
  await receiver.close();
  await simulator.close();
  rmSync(folder, { recursive: true });
});

function dbsync(...argv: readonly string[]): CommandRun {
  return runCommand(argv, {
    DBSYNC_CAMPAIGN: simulator.campaign,
    DBSYNC_TOKEN: simulator.token,
    DBSYNC_API_URL: simulator.url,
    DBSYNC_URL: `${receiver.origin}/hook/SECRETPATH`,
    DBSYNC_STATE_DIR: join(folder, 'state'),
    DBSYNC_LOG_DIR: join(folder, 'logs'),
    DBSYNC_INTERVAL: '1',
    DBSYNC_WEBHOOK_RATE: '1000',
    DBSYNC_WEBHOOK_BACKOFF: '50ms',
    HOME: join(folder, 'home'),
  });
}

async function answer(...argv: readonly string[]): Promise<string> {
  using run = dbsync(...argv);
  expect(await run.ended, run.stdout()).toBe(0);
  return run.stdout();
}

/** Runs webhook mode until its output has the text, then stops it. */
async function webhookUntil(text: string, ...argv: readonly string[]): Promise<string> {
  using run = dbsync('--mode', 'webhook', '--json', ...argv);
  await run.printed(text);
  run.child.kill('SIGTERM');
  expect(await run.ended, run.stdout()).toBe(0);
  return run.stdout();
}

/** Refuses the first contact and accepts all others: a target that has never accepted anything spends no attempts. */
function refuseFirstContact(): Behaviour {
  let refused: unknown;
  return (response, request) => {
    const { contact } = JSON.parse(request.body);
    refused ??= contact.$id;
    if (contact.$id !== refused) return accept(response, request);
    response.statusCode = 400;
    response.end('no such campaign here');
  };
}

const since = () => new Date(Date.now() - 2 * DAY_MS).toISOString();

/** Leaves a state file of the old client. */
function leaveEarlierClient(): void {
  const home = join(folder, 'home', '.dbsync2');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, `${simulator.campaign}.json`), JSON.stringify({ timestamp: since() }));
}

describe('webhook mode', () => {
  it('delivers from --since, and goes on from its state file', async () => {
    using run = dbsync('--mode', 'webhook', '--json', '--since', since());
    /** The first cycle ends with messages queued, the second one a second later. */
    while (run.stdout().split('"type":"cycle"').length <= 2) await once(run.child.stdout ?? run.child, 'data');
    run.child.kill('SIGTERM');
    expect(await run.ended, run.stdout()).toBe(0);
    const before = receiver.requests.length;
    expect(before).toBeGreaterThan(0);
    simulator.activity.step(1, 'transaction');
    await webhookUntil('"type":"delivery","accepted":1');
    expect(receiver.requests).toHaveLength(before + 1);
    expect(JSON.parse(receiver.requests.at(-1)?.body ?? '')).toMatchObject({ state: 'new' });
  });

  it('R28 does not begin again where its state file is lost, unless an option says so', async () => {
    await webhookUntil('"type":"cycle"');
    rmSync(join(folder, 'state'), { recursive: true });
    using lost = dbsync('--mode', 'webhook');
    expect(await lost.ended).toBe(2);
    expect(lost.stdout()).toContain('OUTBOX_STATE_MISSING');
    expect(lost.stdout()).toContain('--new-state');
    expect(await webhookUntil('"type":"cycle"', '--new-state')).not.toContain('CLI_OPTION_IDLE');
    expect(await webhookUntil('"type":"cycle"', '--new-state')).toMatch(/CLI_OPTION_IDLE.*--new-state has no effect/);
  });

  it('R29 refuses another target, and shows no path of any', async () => {
    await webhookUntil('"type":"cycle"');
    const moved = `${receiver.origin}/other/HIDDENPATH`;
    using run = dbsync('--mode', 'webhook', '--url', moved);
    expect(await run.ended).toBe(2);
    expect(run.stdout()).toMatch(/OUTBOX_TARGET_CHANGED.*--adopt-url.*--stream NAME/s);
    expect(run.stdout()).not.toMatch(/SECRETPATH|HIDDENPATH/);
    await webhookUntil('"type":"cycle"', '--url', moved, '--adopt-url');
    await webhookUntil('"type":"cycle"', '--url', moved, '--stream', 'second');
    expect(readdirSync(join(folder, 'state')).filter((name) => name.endsWith('.sqlite'))).toEqual([
      `${simulator.campaign}.sqlite`,
      `${simulator.campaign}@second.sqlite`,
    ]);
  });

  it('R28 takes no state for lost that a run with a mistake in it never had', async () => {
    using mistaken = dbsync('--mode', 'webhook', '--webhook-backoff', 'soon');
    expect(await mistaken.ended).toBe(2);
    using homeless = dbsync('--mode', 'webhook', '--state-dir', '/proc/dbsync/state');
    expect(await homeless.ended).toBe(3);
    await webhookUntil('"type":"cycle"');
  });

  it('R28 does not begin where the file of another campaign was put in the place of its own', async () => {
    await webhookUntil('"type":"cycle"');
    const state = join(folder, 'state');
    cpSync(join(state, `${simulator.campaign}.sqlite`), join(state, 'OTHER.sqlite'));
    for (const command of [['--mode', 'webhook'], ['deliveries'], ['dead-letters', 'list']]) {
      using run = dbsync(...command, '--campaign', 'OTHER');
      expect(await run.ended, run.stdout()).toBe(2);
      expect(run.stdout()).toMatch(new RegExp(`OUTBOX_OF_OTHER_CAMPAIGN.*${simulator.campaign}.*--state-dir`, 's'));
    }
  });

  it('goes on where the old client stopped', async () => {
    leaveEarlierClient();
    using run = dbsync('--mode', 'webhook', '--json');
    await run.printed('CLI_EARLIER_CLIENT');
    await receiver.received(1);
  });

  it('R28 a state file that is lost stays lost, though the file of the old client is still there', async () => {
    await webhookUntil('"type":"cycle"');
    rmSync(join(folder, 'state'), { recursive: true });
    leaveEarlierClient();
    using lost = dbsync('--mode', 'webhook');
    expect(await lost.ended).toBe(2);
    expect(lost.stdout()).toContain('OUTBOX_STATE_MISSING');
    expect(await webhookUntil('"type":"cycle"', '--new-state')).not.toContain('deliveries begin there');
    expect(receiver.requests).toEqual([]);
  });

  it('R28 another receiver gets no history that the old client would have sent, and the user learns how to send it', async () => {
    leaveEarlierClient();
    const printed = await webhookUntil('"type":"cycle"', '--stream', 'second');
    expect(printed).toMatch(/CLI_EARLIER_CLIENT.*--since/);
    expect(receiver.requests).toEqual([]);
  });

  it('ends where no folder can be made', async () => {
    using named = dbsync('--mode', 'webhook', '--state-dir', '/proc/dbsync/state');
    expect(await named.ended).toBe(3);
    expect(named.stdout()).toContain('OUTBOX_CANNOT_OPEN');
  });

  it.each([
    [['--mode', 'db_sync'], 'use --mode webhook'],
    [['--mode', 'webhook', '--url', 'sqlite:x.db'], 'use --mode db_sync'],
    [['--mode', 'webhook', '--webhook-backoff', 'soon'], '--webhook-backoff soon'],
    [['--mode', 'webhook', '--tp', 'x'], '--table-prefix'],
  ])('refuses %j', async (argv, message) => {
    using run = dbsync(...argv);
    expect(await run.ended).toBe(2);
    expect(run.stdout()).toContain(message);
  });
});

describe('deliveries', () => {
  it('tells what waits, why, and what was accepted; a dead letter is replayed with its id', async () => {
    receiver.behave(refuseFirstContact());
    const printed = await webhookUntil('"dead":1', '--since', since());
    expect(printed).toMatch(/"DELIVERY_FAILED"/);
    expect(printed).toMatch(/Message msg_\w+ of contact \w+ was not accepted \(HTTP 400 Bad Request\)/);
    const text = await answer('deliveries');
    expect(text).toContain(`Deliveries of campaign ${simulator.campaign} to http://127.0.0.1`);
    expect(text).toMatch(/Given up: \d+ messages?/);
    const failed = (await answer('deliveries', '--failed', '--json')).trim().split('\n');
    expect(failed.map((line) => JSON.parse(line).type)).not.toContain('accepted');

    const [letter] = (await answer('dead-letters', 'list', '--json')).trim().split('\n');
    const { key, kind, body } = JSON.parse(letter ?? '{}');
    expect(kind).toBe('message');
    expect(await answer('dead-letters', 'show', key)).toContain('no such campaign here');
    receiver.behave(accept);
    const ids = () => receiver.requests.map(({ headers }) => headers['webhook-id']);
    const before = ids().length;
    await answer('dead-letters', 'replay', key);
    using run = dbsync('--mode', 'webhook', '--json');
    await run.printed('"type":"cycle"');
    while (!ids().slice(before).includes(JSON.parse(body).id)) await receiver.received(ids().length + 1);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(await answer('deliveries')).toContain('Accepted last:');
    expect((await answer('dead-letters', 'list', '--json')).includes(key)).toBe(false);
  });

  it('says that there is no outbox', async () => {
    using run = dbsync('deliveries');
    expect(await run.ended).toBe(2);
    expect(run.stdout()).toContain('OUTBOX_STATE_MISSING');
  });
});
