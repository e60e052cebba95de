import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digits } from '@dbsync/core/contract';
import { createSink } from '@dbsync/sink-webhook';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasCommand } from '../harness/servers/debian-tools.ts';
import {
  type ExampleReceiver,
  startPythonReceiver,
  startShellReceiver,
  startTypeScriptReceiver,
} from '../harness/webhook/example-receivers.ts';
import { createWebhookBench } from '../harness/webhook/webhook-bench.ts';
import { message } from '../harness/webhook/webhook-target.ts';

const { signal } = new AbortController();
const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;
const [OLD, NEW] = [newSecret(), newSecret()];
const HOSTILE = {
  $id: 'C1',
  text: '“Łódź” 👩‍👩‍👧‍👦 \ud83d \0 $(rm) `x` \\',
  n: digits('12345678901234567890'),
  d: digits('1.10'),
};

describe('the example receiver in TypeScript', () => tests(startTypeScriptReceiver));

describe.runIf(hasCommand('python3'))('the example receiver in Python', () => tests(startPythonReceiver));

describe.runIf(hasCommand('openssl'))('the example receiver in shell', () => tests(startShellReceiver));

function tests(start: (secrets: readonly string[]) => Promise<ExampleReceiver>) {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-webhook-receivers-'));
  const bench = createWebhookBench(createSink);
  let receiver: ExampleReceiver;
  beforeAll(async () => {
    receiver = await start([OLD, NEW]);
  });
  afterEach(bench.closeAll);
  afterAll(async () => {
    await receiver.stop();
    rmSync(folder, { recursive: true });
  });

  async function deliver(id: string, secrets: readonly string[]) {
    const file = join(folder, 'secrets');
    writeFileSync(file, secrets.join('\n'), { mode: 0o600 });
    const sink = await bench.open(receiver.url, secrets.length > 0 ? { 'secret-file': file } : {});
    return (await sink.deliver([message(id, { contact: HOSTILE })], { signal }))[0];
  }

  /** Posts a delivery that an independent implementation has signed, possibly changed afterwards. */
  async function post(id: string, at: Date, change: (body: string) => string = (body) => body) {
    const body = JSON.stringify({ contact: { $id: 'C1' }, transaction: { fired: 'x' }, state: 'new' });
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(OLD).sign(id, at, body),
    };
    return (await fetch(receiver.url, { method: 'POST', headers, body: change(body) })).status;
  }

  let marks = 0;
  /** Waits for the answers to all earlier deliveries. */
  async function handled() {
    const mark = `msg_mark_${++marks}`;
    await post(mark, new Date());
    return receiver.handledUpTo(mark);
  }

  it('takes what is signed with either of its secrets, and by either of ours', async () => {
    expect(await deliver('msg_old', [OLD])).toEqual({ verdict: 'accepted' });
    expect(await deliver('msg_new', [NEW])).toEqual({ verdict: 'accepted' });
    expect(await deliver('msg_both', [newSecret(), NEW])).toEqual({ verdict: 'accepted' });
    expect(await post('msg_other', new Date())).toBeLessThan(300);
    expect(await handled()).toEqual(expect.arrayContaining(['msg_old', 'msg_new', 'msg_both', 'msg_other']));
  });

  it('handles a repetition once', async () => {
    for (let time = 0; time < 2; time++) expect(await deliver('msg_twice', [OLD])).toEqual({ verdict: 'accepted' });
    expect((await handled()).filter((id) => id === 'msg_twice')).toEqual(['msg_twice']);
  });

  it('refuses what is not signed, wrongly signed, changed, or of another time', async () => {
    const refused = { verdict: 'retry', fault: 'setup', reason: 'HTTP 401 Unauthorized' };
    expect(await deliver('msg_unsigned', [])).toMatchObject(refused);
    expect(await deliver('msg_forged', [newSecret()])).toMatchObject(refused);
    expect(await post('msg_changed', new Date(), (body) => body.replace('C1', 'C2'))).toBe(401);
    expect(await post('msg_stale', new Date(Date.now() - 600_000))).toBe(401);
    expect(await post('msg_early', new Date(Date.now() + 600_000))).toBe(401);
    expect((await handled()).filter((id) => /unsigned|forged|changed|stale|early/.test(id))).toEqual([]);
  });
}
