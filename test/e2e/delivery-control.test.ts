import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DbsyncChild, startDbsync } from '../harness/dbsync-child.ts';
import { runProgram } from '../harness/run-program.ts';
import { accept, type Behaviour, type Receiver, startReceiver } from '../harness/webhook/webhook-receiver.ts';

const BIN = join(import.meta.dirname, '..', '..', 'packages', 'cli', 'bin', 'dbsync.js');
const DAY_MS = 86_400_000;
let folder: string;
let simulator: Simulator;
let receiver: Receiver;
const daemons: DbsyncChild[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dbsync-control-'));
  simulator = await startSimulator({ contacts: 40 });
  receiver = await startReceiver();
});
afterEach(async () => {
  for (const daemon of daemons.splice(0)) daemon.kill('SIGKILL');
  await receiver.close();
  await simulator.close();
  rmSync(folder, { recursive: true });
});

function startDaemon(more: Readonly<Record<string, string | number | true>> = {}): DbsyncChild {
  const { campaign, token, url } = simulator;
  const daemon = startDbsync({
    ...{ mode: 'webhook', campaign, token, 'api-url': url, 'state-dir': folder, interval: 1, lease: 2 },
    ...{ url: `${receiver.origin}/hook/SECRETPATH`, since: new Date(Date.now() - 2 * DAY_MS).toISOString() },
    ...{ 'webhook-rate': 1_000, 'webhook-backoff': '1h', 'log-dir': join(folder, 'logs') },
    ...more,
  });
  daemons.push(daemon);
  return daemon;
}

/** Runs the command beside the daemon, in a pipe. */
async function control(...words: readonly string[]) {
  const surroundings = { cwd: folder, variables: { HOME: folder } };
  const options = ['--campaign', simulator.campaign, '--state-dir', folder];
  const { status, stdout } = await runProgram(
    process.execPath,
    [BIN, 'deliveries', ...words, ...options],
    surroundings,
  );
  return { code: status, output: stdout };
}

async function answer(...words: readonly string[]): Promise<string> {
  const { code, output } = await control(...words);
  expect(code, output).toBe(0);
  return output;
}

const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Refuses every message of the first contact, and accepts those of others. */
function refuseOne(): Behaviour {
  let refused: unknown;
  return (response, { body }) => {
    const { contact } = JSON.parse(body);
    refused ??= contact.$id;
    response.statusCode = contact.$id === refused ? 422 : 200;
    response.end(contact.$id === refused ? 'no such customer at /hook/SECRETPATH' : 'kept');
  };
}

describe('dbsync deliveries beside a running daemon', () => {
  it('shows what waits, by contact, and why; retry sends it, and each act is recorded with its user', async () => {
    receiver.behave(refuseOne());
    const daemon = startDaemon();
    await daemon.next(({ type, failed }) => type === 'delivery' && Number(failed) > 0);
    const list = await answer();
    expect(list).toMatch(/The receiver takes deliveries\. Process \d+ on .* delivers\./s);
    expect(list).toMatch(/HTTP 422 Unprocessable Entity: no such customer a/);
    expect(Math.max(...list.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);

    const waiting = linesOf(await answer('--json')).find(({ type }) => type === 'waiting');
    expect(waiting).toMatchObject({
      attempts: 1,
      position: 'first',
      failure: { reason: expect.stringContaining('422') },
    });
    const shown = await answer('show', waiting.id.slice(0, 16));
    expect(shown).toMatch(new RegExp(`id +${waiting.id}.*contact +${waiting.contactId}.* 422 +failed`, 's'));
    expect(shown).not.toContain('SECRETPATH');

    receiver.behave(accept);
    const done = daemon.next(({ code }) => code === 'DELIVERIES_CONTROLLED');
    expect(await answer('retry', '--contact', waiting.contactId)).toContain('1 message is due at once.');
    expect((await done).message).toMatch(/@.* asked at .* for retry of contact .*: 1 message done/);
    const [found] = linesOf(await untilAnswer(/"outcome":"accepted"/, 'show', waiting.id, '--json'));
    expect(found.attempts.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['failed', 'accepted']);
    expect(linesOf(await answer('--json')).filter(({ type }) => type === 'act')).toMatchObject([
      { act: { act: 'retry' }, askedBy: expect.stringContaining('@'), done: 1 },
    ]);
  });

  it('pauses and resumes: nothing is sent between the two, also by the next process', async () => {
    const daemon = startDaemon();
    await daemon.next(({ type, deliveries }) => type === 'cycle' && deliveries !== undefined);
    expect(await answer('pause')).toContain('Deliveries are paused');
    const before = receiver.requests.length;
    simulator.activity.step(2, 'transaction');
    const cycle = await daemon.next(({ type, rows }) => type === 'cycle' && Number(rows) > 0);
    expect(cycle.deliveries).toMatchObject({ state: 'paused', by: expect.stringContaining('@') });
    daemon.kill('SIGTERM');
    await daemon.ended;
    const next = startDaemon();
    await next.next(({ code }) => code === 'DELIVERIES_PAUSED');
    await next.next(({ type }) => type === 'cycle');
    expect(receiver.requests).toHaveLength(before);
    expect(await answer()).toMatch(/Paused by .*@.* since .*deliveries resume/s);
    expect(await answer('resume')).toContain('Deliveries are sent again.');
    await receiver.received(before + 1);
  });

  it('drop without a daemon is done by the next one at its start, before it sends anything', async () => {
    receiver.behave((response) => {
      response.statusCode = 422;
      response.end();
    });
    const daemon = startDaemon();
    const sent = daemon.next(({ type }) => type === 'delivery');
    // All messages wait by then: those that the next daemon would read come after the drop.
    await Promise.all([sent, daemon.next(({ type }) => type === 'cycle')]);
    daemon.kill('SIGTERM');
    await daemon.ended;
    expect(await answer('drop', '--all')).toContain('the next one does it at its start');
    const before = receiver.requests.length;
    const next = startDaemon();
    await next.next(({ code }) => code === 'DELIVERIES_CONTROLLED');
    expect(receiver.requests).toHaveLength(before);
    expect(await answer()).toMatch(/Nothing waits.*Given up: \d+ messages?/s);
  });

  it('replays what was accepted, under the same ids, marked; and says what it cannot send again', async () => {
    const daemon = startDaemon();
    await daemon.next(({ type }) => type === 'cycle');
    await receiver.received(1);
    await untilAnswer(/Nothing waits/);
    const before = receiver.requests.length;
    const first = new Map(receiver.requests.map(({ headers, body }) => [headers['webhook-id'], body]));
    expect(await answer('replay', '--since', '2020-01-01')).toMatch(
      new RegExp(`accepted before .* cannot be sent again.*${before} messages are queued again`, 's'),
    );
    await receiver.received(2 * before);
    for (const { headers, body } of receiver.requests.slice(before)) {
      expect(headers['webhook-replay']).toBe('true');
      expect(body).toBe(first.get(headers['webhook-id']));
    }
  });

  it('replays nothing of a contact that the campaign has deleted, unless the operator says so', async () => {
    const daemon = startDaemon();
    await daemon.next(({ type }) => type === 'cycle');
    await receiver.received(1);
    await untilAnswer(/Nothing waits/);
    const before = receiver.requests.length;
    const contactOf = ({ body }: { readonly body: string }): string => JSON.parse(body).contact.$id;
    const sent = new Set(receiver.requests.map(contactOf));
    const deleted: string[] = [];
    while (!deleted.some((id) => sent.has(id))) {
      deleted.push(...simulator.activity.step(1, 'delete-contact').flatMap(({ contactId }) => contactId ?? []));
    }
    const reported = daemon.next(({ code }) => code === 'REPLAY_OF_DELETED');
    const kept = receiver.requests.filter((request) => !deleted.includes(contactOf(request))).length;
    expect(await answer('replay', '--since', '2020-01-01')).toContain('--even-if-deleted');
    expect((await reported).message).toContain(deleted.find((id) => sent.has(id)));
    await receiver.received(before + kept);
    await untilAnswer(/Nothing waits/);
    const again = receiver.requests.slice(before).map(contactOf);
    expect(again.filter((id) => deleted.includes(id))).toEqual([]);
    expect(again).toHaveLength(kept);
    await answer('replay', '--since', '2020-01-01', '--even-if-deleted');
    await receiver.received(2 * before + kept);
  });

  it.each([
    [['retyr'], /Did you mean deliveries retry\?/],
    [['replay'], /--since/],
    [['retry'], /needs ids, as list shows them, --contact ID, or --all/],
    [['drop', 'msg_00', '--all'], /give one/],
    [['pause', 'msg_00'], /takes no further words/],
    [['drop', 'msg_ffffffff'], /No waiting delivery has an id/],
    [['show', 'nonsense'], /No delivery has an id/],
  ])('refuses %j', async (words, message) => {
    const daemon = startDaemon();
    await daemon.next(({ type }) => type === 'cycle');
    const { code, output } = await control(...words);
    expect(code).toBe(2);
    expect(output).toMatch(message);
  });
});

/** Repeats the command until its output fits: the daemon acts in its own time. */
async function untilAnswer(text: RegExp, ...words: readonly string[]): Promise<string> {
  for (;;) {
    const given = await answer(...words);
    if (text.test(given)) return given;
  }
}
