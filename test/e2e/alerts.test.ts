import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../harness/command/command-run.ts';
import { startReceiver } from '../harness/webhook/webhook-receiver.ts';

const HIDDEN = /canary/;
const THROWS = `data:text/javascript,${encodeURIComponent("process.on('SIGUSR2', () => { throw new Error('stray') })")}`;

it('a daemon calls the healthcheck each cycle beside an alert receiver that hangs, and reports the error that ends it', async () => {
  const simulator = await startSimulator({ contacts: 5, token: 'right' });
  const [alerts, monitor] = [await startReceiver(), await startReceiver()];
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-alerts-'));
  onTestFinished(async () => {
    await Promise.all([simulator.close(), alerts.close(), monitor.close()]);
    rmSync(folder, { recursive: true });
  });
  const variables = {
    DBSYNC_CAMPAIGN: simulator.campaign,
    DBSYNC_URL: `sqlite:${join(folder, 'copy.db')}`,
    DBSYNC_API_URL: simulator.url,
    DBSYNC_ALERT_URL: `${alerts.origin}/services/canary-path?key=canary-key`,
    DBSYNC_HEALTHCHECK_URL: `${monitor.origin}/ping/canary-check`,
    DBSYNC_INTERVAL: '1',
  };

  using refused = runCommand(['--mode', 'db_sync'], { ...variables, DBSYNC_TOKEN: 'canary-token' });
  expect(await refused.ended).toBe(2);
  expect(alerts.requests.map(({ path }) => path)).toEqual(['/services/canary-path?key=canary-key']);
  const body = JSON.parse(alerts.requests[0]?.body ?? '');
  expect(body).toMatchObject({ type: 'dbsync.unable', data: { campaign: simulator.campaign, kind: 'unable' } });
  expect(body.text).toContain(body.data.code);
  expect(alerts.requests[0]?.body).not.toMatch(HIDDEN);

  alerts.behave(() => {});
  using daemon = runCommand(['--mode', 'db_sync', '--verbose'], { ...variables, DBSYNC_TOKEN: 'right' });
  await monitor.received(3);
  daemon.child.kill('SIGTERM');
  expect(await daemon.ended).toBe(0);
  expect(monitor.requests[0]).toMatchObject({ method: 'GET', path: '/ping/canary-check' });
  for (const run of [refused, daemon]) expect(run.stdout() + run.stderr() + run.logs()).not.toMatch(HIDDEN);
});

it('an error outside of any promise is reported before it ends the daemon', async () => {
  const simulator = await startSimulator({ contacts: 5 });
  const [alerts, monitor] = [await startReceiver(), await startReceiver()];
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-alerts-'));
  onTestFinished(async () => {
    await Promise.all([simulator.close(), alerts.close(), monitor.close()]);
    rmSync(folder, { recursive: true });
  });
  using daemon = runCommand(['--mode', 'db_sync'], {
    DBSYNC_TOKEN: simulator.token,
    DBSYNC_CAMPAIGN: simulator.campaign,
    DBSYNC_URL: `sqlite:${join(folder, 'copy.db')}`,
    DBSYNC_API_URL: simulator.url,
    DBSYNC_ALERT_URL: `${alerts.origin}/alert`,
    DBSYNC_HEALTHCHECK_URL: `${monitor.origin}/ping`,
    DBSYNC_INTERVAL: '1',
    NODE_OPTIONS: `--import ${THROWS}`,
  });
  await monitor.received(1);
  daemon.child.kill('SIGUSR2');
  expect(await daemon.ended).toBe(1);
  expect(JSON.parse(alerts.requests[0]?.body ?? '{}').data).toMatchObject({ kind: 'unable', code: 'CLI_UNEXPECTED' });
});
