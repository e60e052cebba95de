import assert from 'node:assert';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../../../test/harness/command/command-run.ts';
import { type Behaviour, type Receiver, startReceiver } from '../../../../test/harness/webhook/webhook-receiver.ts';

const SECRET = Buffer.alloc(32, 7).toString('base64');
let folder: string;
let receiver: Receiver;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dbsync-webhook-test-'));
  writeFileSync(join(folder, 'secrets'), `whsec_${SECRET}\n`, { mode: 0o600 });
  receiver = await startReceiver();
});
afterEach(async () => {
  await receiver.close();
  rmSync(folder, { recursive: true });
});

async function test(...more: readonly string[]) {
  const url = `${receiver.origin}/hook/SECRETPATH`;
  using run = runCommand(['webhook', 'test', '--url', url, '--webhook-secret-file', join(folder, 'secrets'), ...more]);
  const code = await run.ended;
  return { code, output: run.stdout() };
}

const answering =
  (status: number, text = ''): Behaviour =>
  (response) => {
    response.statusCode = status;
    response.end(text);
  };

describe('webhook test', () => {
  it('sends one signed sample, and prints request and answer without secrets', async () => {
    receiver.behave(answering(200, 'kept by /hook/SECRETPATH'));
    const { code, output } = await test('--webhook-header', 'authorization: Bearer T0KEN-T0KEN');
    expect(code, output).toBe(0);
    expect(receiver.requests).toHaveLength(1);
    const { headers, body } = receiver.requests[0] ?? assert.fail();
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const signature = createHmac('sha256', Buffer.from(SECRET, 'base64')).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(Object.keys(JSON.parse(body))).toEqual(['contact', 'transaction', 'state']);
    for (const part of [body, `webhook-signature: v1,${signature}`, '200 after', 'kept by ***']) {
      expect(output).toContain(part);
    }
    expect(output).not.toMatch(/SECRETPATH|T0KEN/);
  });

  it.each([
    [answering(422, 'no'), 1, 'CLI_TEST_NOT_ACCEPTED'],
    [answering(503), 3, 'CLI_TEST_NOT_REACHED'],
    [answering(410), 4, 'CLI_TEST_GONE'],
  ] as const)('ends with the code of the verdict (%#)', async (behaviour, expected, name) => {
    receiver.behave(behaviour);
    const { code, output } = await test();
    expect(code, output).toBe(expected);
    expect(output).toContain(name);
  });

  it('takes a login page for no acceptance where the answer has to contain a text', async () => {
    receiver.behave(answering(200, '<html>Please log in</html>'));
    const { code, output } = await test('--webhook-accept-if-contains', '"ok":true', '--json');
    expect(code).toBe(1);
    const [request, answer] = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(request).toMatchObject({ type: 'request', line: `POST ${receiver.origin}/***` });
    expect(answer).toMatchObject({
      type: 'answer',
      verdict: 'retry',
      status: 200,
      answer: '<html>Please log in</html>',
    });
    receiver.behave(answering(200, '{"ok":true}'));
    expect((await test('--webhook-accept-if-contains', '"ok":true')).code).toBe(0);
  });

  it('refuses a word that it does not know, and names the nearest', async () => {
    using run = runCommand(['webhook', 'tset']);
    expect(await run.ended).toBe(2);
    expect(run.stdout()).toContain('Did you mean webhook test?');
  });
});
