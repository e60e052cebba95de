import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../harness/command/command-run.ts';
import { startReceiver } from '../harness/webhook/webhook-receiver.ts';

it('status reads the outbox beside the daemon: late while messages wait for a receiver that takes none', async () => {
  const simulator = await startSimulator({ contacts: 5 });
  const receiver = await startReceiver();
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-status-'));
  onTestFinished(async () => {
    await Promise.all([simulator.close(), receiver.close()]);
    rmSync(folder, { recursive: true });
  });
  receiver.behave((response) => {
    response.statusCode = 503;
    response.end();
  });
  const variables = { DBSYNC_CAMPAIGN: simulator.campaign, DBSYNC_STATE_DIR: folder };
  const status = async (...argv: readonly string[]) => {
    using command = runCommand(['status', ...argv], variables);
    const code = await command.ended;
    return { code, stdout: command.stdout() };
  };
  expect((await status()).code, 'no outbox').toBe(2);

  using daemon = runCommand(['--mode', 'webhook', '--interval', '1', '--since', '2020-01-01', '--json'], {
    ...variables,
    DBSYNC_URL: `${receiver.origin}/hook`,
    DBSYNC_TOKEN: simulator.token,
    DBSYNC_API_URL: simulator.url,
  });
  await receiver.received(1);
  await daemon.printed('"type":"cycle"');
  const { code, stdout } = await status('--json');
  expect(JSON.parse(stdout), stdout).toMatchObject({
    state: 'late',
    campaigns: [{ holder: { pid: daemon.child.pid }, deliveries: { state: 'unproven' } }],
    tables: [],
  });
  expect(code).toBe(6);
  const shown = await status();
  expect(shown.stdout).toMatch(/^Late: .*\nCampaign /);
  expect(shown.stdout.replace(/\s+/g, ' ')).toContain('the receiver has never accepted a delivery');
  expect(shown.stdout).not.toContain('Inbound calls');
});
