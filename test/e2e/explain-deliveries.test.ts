import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { type CommandRun, runCommand } from '../harness/command/command-run.ts';
import { accept, startReceiver } from '../harness/webhook/webhook-receiver.ts';

it('explain tells of a contact in webhook mode what was delivered when, what waits, and what was given up', async () => {
  const { dbsync, daemon, simulator, receiver } = await webhook();
  using first = daemon();
  await first.printed('"type":"cycle"');
  const begun = next(first, '"type":"delivery","accepted":1');
  const [event] = simulator.activity.step(1, 'transaction');
  const contact = event?.contactId ?? '';
  await begun;
  const delivered = await dbsync('explain', contact, '--json');
  expect(delivered, delivered.stdout).toMatchObject({ code: 0, verdict: 'delivered', contact });
  const [newest] = delivered.transactions.slice(-1);
  expect(newest).toMatchObject({ state: 'accepted', isCurrent: true, acceptedMs: expect.any(Number) });
  expect(delivered.transactions.slice(0, -1).every(({ state }: Explained) => state === 'before-start')).toBe(true);
  expect(delivered.heldBy).toMatchObject({ pid: first.child.pid });
  expect(await dbsync('explain', newest.id, '--json')).toMatchObject({ code: 0, named: 'transactions', contact });
  expect(await dbsync('explain', 'NO-SUCH-ID', '--json')).toMatchObject({ code: 8, verdict: 'unknown' });

  receiver.behave((response, request) => {
    if (JSON.parse(request.body).contact.$id !== contact) return accept(response, request);
    response.statusCode = 400;
    response.end('no such customer');
  });
  const failed = next(first, '"failed":1');
  while (!simulator.activity.step(1, 'transaction').some(({ contactId }) => contactId === contact));
  await failed;
  const waiting = await dbsync('explain', contact);
  expect(waiting, waiting.stdout).toMatchObject({ code: 5 });
  expect(waiting.stdout).toMatch(`Contact ${contact}: 1 message waits. To try again now: dbsync`);
  expect(waiting.stdout).toContain('no such customer');

  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
  const [missed] = simulator.activity.step(1, 'transaction');
  const late = await dbsync('explain', missed?.contactId ?? '', '--json');
  expect(late, late.stdout).toMatchObject({ code: 5, heldBy: null });
  expect(late.transactions.some(({ state }: Explained) => state === 'none')).toBe(true);
});

interface Explained {
  readonly state: string;
}

/** Resolves when the daemon prints the text after what it has printed so far. */
async function next(run: CommandRun, text: string): Promise<void> {
  const from = run.stdout().length;
  while (!run.stdout().slice(from).includes(text)) await once(run.child.stdout ?? run.child, 'data');
}

async function webhook() {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-explain-'));
  const simulator = await startSimulator({ contacts: 5 });
  const receiver = await startReceiver();
  onTestFinished(async () => {
    await receiver.close();
    await simulator.close();
    rmSync(folder, { recursive: true });
  });
  const variables = {
    DBSYNC_CAMPAIGN: simulator.campaign,
    DBSYNC_TOKEN: simulator.token,
    DBSYNC_API_URL: simulator.url,
    DBSYNC_URL: `${receiver.origin}/hook`,
    DBSYNC_STATE_DIR: join(folder, 'state'),
    DBSYNC_LOG_DIR: join(folder, 'logs'),
    DBSYNC_INTERVAL: '1',
    DBSYNC_WEBHOOK_RATE: '1000',
  };
  const daemon = (...argv: readonly string[]) =>
    runCommand(['--mode', 'webhook', '--json', '--webhook-backoff', '1h', ...argv], variables);
  const dbsync = async (...argv: readonly string[]) => {
    using run = runCommand(argv, variables);
    const code = await run.ended;
    const stdout = run.stdout();
    return { code, stdout, ...(argv.includes('--json') ? JSON.parse(stdout) : {}) };
  };
  return { dbsync, daemon, simulator, receiver };
}
