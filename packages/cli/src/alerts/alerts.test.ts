import { createHmac, createSecretKey } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunEvent } from '@dbsync/core';
import { createUrlClient } from '@dbsync/core/cli-kit';
import type { SinkNotice } from '@dbsync/core/contract';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../../../../test/harness/clocks/virtual-clock.ts';
import {
  behindEvent,
  cycleEvent,
  letterEvent,
  standbyEvent,
} from '../../../../test/harness/command/run-event-samples.ts';
import { type Receiver, startReceiver } from '../../../../test/harness/webhook/webhook-receiver.ts';
import { createAlertMemory } from './alert-memory.js';
import { createAlertPost } from './alert-post.js';
import { createAlertProgram } from './alert-program.js';
import { type Alerts, createAlerts } from './alerts.js';

const HOUR_MS = 3_600_000;
const SECRET = Buffer.alloc(32, 7);
const SUBJECT = { campaign: 'C1', mode: 'db_sync' };
const CAUGHT_UP = { type: 'caught-up', afterMs: 300_000 } as const;
const BEHIND = behindEvent();
const LETTER = letterEvent();
const STANDBY = standbyEvent();
const CYCLE = cycleEvent();

let clock: VirtualClock;
let receiver: Receiver;
let notices: SinkNotice[];

beforeEach(async () => {
  clock = createVirtualClock();
  notices = [];
  receiver = await startReceiver();
  onTestFinished(() => receiver.close());
});

const memory = createAlertMemory(null);
const redact = (text: string) => text.replaceAll('canary', '***');
const notify = (notice: SinkNotice) => void notices.push(notice);

function postingAlerts(): Alerts {
  const client = createUrlClient(`${receiver.origin}/services/T0/secret-path`, null, clock);
  const post = createAlertPost(client, SUBJECT, [createSecretKey(SECRET)], () => clock.now());
  const alerts = createAlerts({ channels: [post], clock, notify, redact, memory });
  onTestFinished(() => alerts.close());
  return alerts;
}

const sent = () => receiver.requests.map(({ body }) => JSON.parse(body));
const kinds = () => sent().map(({ data }) => data.kind);

function see(alerts: Alerts, ...events: readonly RunEvent[]): void {
  for (const event of events) alerts.observe(event);
}

it('posts late and recovered in the form of Standard Webhooks, signed, with a text for chats', async () => {
  const alerts = postingAlerts();
  see(alerts, CYCLE, BEHIND);
  await receiver.received(1);
  see(alerts, CAUGHT_UP);
  await receiver.received(2);
  const [late] = receiver.requests;
  const [first, second] = sent();
  expect(first).toMatchObject({
    type: 'dbsync.late',
    data: { ...SUBJECT, kind: 'late', code: 'COPY_BEHIND', count: 1 },
  });
  expect(first.text).toMatch(/^dbsync, campaign C1 on .*: late\. COPY_BEHIND: Events are 5 min behind/);
  expect(second).toMatchObject({ type: 'dbsync.recovered', data: { kind: 'recovered', code: null } });
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = late?.headers ?? {};
  const expected = createHmac('sha256', SECRET).update(`${id}.${at}.${late?.body}`).digest('base64');
  expect(signature).toBe(`v1,${expected}`);
});

it('sends at most one alert of a kind an hour, counts what it held back, and never the values of a dead letter', async () => {
  const alerts = postingAlerts();
  see(alerts, LETTER);
  await alerts.idle();
  see(alerts, LETTER, LETTER, BEHIND);
  await alerts.idle();
  expect(kinds()).toEqual(['dead-letter', 'late']);
  clock.jump(HOUR_MS);
  see(alerts, CYCLE);
  await alerts.idle();
  expect(sent()[2]).toMatchObject({ data: { kind: 'dead-letter', count: 2 } });
  expect(sent()[2].text).toContain('(2 times since the last alert of this kind)');
  expect(JSON.stringify(sent())).not.toContain('+49');
});

it('sends recovered only after an alert of something that lasted, and once nothing lasts any more', async () => {
  const alerts = postingAlerts();
  const waiting = { type: 'waiting', for: 'api', code: 'API_BUSY', message: 'm', attempt: 9 } as const;
  see(alerts, { ...waiting, level: 'warn', waitedMs: 60_000 }, { type: 'recovered', for: 'api', afterMs: 1 });
  see(alerts, { ...waiting, level: 'error', waitedMs: 600_000 }, BEHIND);
  await receiver.received(2);
  see(alerts, { type: 'recovered', for: 'api', afterMs: 1 });
  see(alerts, CAUGHT_UP);
  await receiver.received(3);
  expect(kinds()).toEqual(['unable', 'late', 'recovered']);
});

it('sends recovered where another process has taken the campaign over, and drops an alert held back of what ended', async () => {
  const alerts = postingAlerts();
  const waiting = { type: 'waiting', level: 'error', for: 'api', code: 'API_BUSY', message: 'm', attempt: 9 } as const;
  see(alerts, BEHIND, { ...waiting, waitedMs: 600_000 }, { ...waiting, waitedMs: 700_000 });
  see(alerts, { type: 'recovered', for: 'api', afterMs: 1 });
  await alerts.idle();
  clock.jump(HOUR_MS);
  see(alerts, CYCLE);
  await alerts.idle();
  expect(kinds()).toEqual(['late', 'unable']);
  see(alerts, STANDBY, { type: 'claimed', epoch: 2n }, CYCLE);
  await alerts.idle();
  expect(kinds()).toEqual(['late', 'unable', 'recovered']);
});

it('sends an alert that fails until it is delivered, the newest of its kind, and after it the others', async () => {
  const alerts = postingAlerts();
  let isDown = true;
  receiver.behave((response) => {
    response.statusCode = isDown ? 503 : 200;
    response.end();
  });
  see(alerts, BEHIND, LETTER);
  await timePassesUntil(() => receiver.requests.length === 9);
  see(alerts, LETTER);
  isDown = false;
  await timePasses(alerts.idle());
  expect(kinds().slice(-2).sort()).toEqual(['dead-letter', 'late']);
  expect(notices).toHaveLength(1);
});

it('reports a receiver that hangs once, keeps no event waiting, and shows nothing of its URL but the host', async () => {
  const alerts = postingAlerts();
  receiver.behave(() => {});
  see(alerts, BEHIND);
  await receiver.received(1);
  see(alerts, CYCLE, CYCLE);
  await timePassesUntil(() => receiver.requests.length === 5);
  expect(notices).toMatchObject([{ code: 'CLI_ALERT_NOT_SENT', level: 'warn' }]);
  expect(notices[0]?.message).toContain('gave no answer within 10 s');
  expect(JSON.stringify(notices)).not.toMatch(/secret-path|T0/);
  await timePasses(alerts.close());
});

it('sends the error that ends the process, before it ends, without a secret', async () => {
  const alerts = postingAlerts();
  alerts.failed('API_FORBIDDEN', 'The token canary is not valid.');
  await alerts.close();
  const message = 'dbsync has ended: API_FORBIDDEN: The token *** is not valid. See the log of dbsync.';
  expect(sent()).toMatchObject([{ data: { kind: 'unable', code: 'API_FORBIDDEN', message } }]);
});

it('runs a program without a shell, with the alert in its environment and on stdin, and without options of dbsync', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-alert-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [program, out] = [join(folder, 'alert me; $(touch x).sh'), join(folder, 'out')];
  writeFileSync(program, `#!/bin/sh\n{ echo "$#"; env; cat; } > '${out}'\n`);
  chmodSync(program, 0o700);
  const variables = { PATH: process.env.PATH, DBSYNC_TOKEN: 'canary', HOME: folder };
  const channel = createAlertProgram(program, { ...SUBJECT, campaign: '$(reboot)' }, variables, clock);
  const alerts = createAlerts({ channels: [channel], clock, notify, redact, memory });
  see(alerts, BEHIND);
  await alerts.close();
  const text = readFileSync(out, 'utf8');
  expect(notices).toEqual([]);
  expect(text).toMatch(/^0\n/);
  expect(text).toContain('DBSYNC_ALERT_KIND=late');
  expect(text).toContain('DBSYNC_ALERT_CAMPAIGN=$(reboot)');
  expect(text).toContain('"type":"dbsync.late"');
  expect(text).not.toContain('canary');
});

it('ends a program that hangs, and reports one that is missing, each once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-alert-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const hanging = join(folder, 'hanging');
  writeFileSync(hanging, '#!/bin/sh\nexec sleep 600\n');
  chmodSync(hanging, 0o700);
  const channels = [hanging, join(folder, 'missing')].map((program) =>
    createAlertProgram(program, SUBJECT, { PATH: process.env.PATH }, clock),
  );
  const alerts = createAlerts({ channels, clock, notify, redact, memory });
  see(alerts, BEHIND);
  await timePassesUntil(() => notices.length === 2);
  await timePasses(alerts.close());
  expect(notices.map(({ message }) => /\((.*)\)/.exec(message)?.[1]).sort()).toEqual([
    'No answer came within 30000 ms.',
    expect.stringMatching(/ENOENT/),
  ]);
});

/** Lets time pass until the condition holds. */
async function timePassesUntil(holds: () => boolean): Promise<void> {
  while (!holds()) {
    clock.jump(1_000);
    await nextTurn();
  }
}

/** Lets time pass until the work has ended. */
async function timePasses(work: Promise<void>): Promise<void> {
  let isDone = false;
  const ended = work.then(() => {
    isDone = true;
  });
  while (!isDone) {
    clock.jump(1_000);
    await nextTurn();
  }
  await ended;
}
