import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { startDbsync } from '../harness/dbsync-child.ts';
import { runProgram } from '../harness/run-program.ts';
import { hasCommand } from '../harness/servers/debian-tools.ts';
import { accept, startReceiver } from '../harness/webhook/webhook-receiver.ts';

const UPGRADING = readFileSync(join(import.meta.dirname, '../../docs/upgrading.md'), 'utf8');
const BIN = join(import.meta.dirname, '../../packages/cli/bin/dbsync.js');
const COMMAND = /`(sqlite3 \/var\/lib\/dbsync\/CAMPAIGN\.sqlite "\.backup before\.sqlite")`/.exec(UPGRADING)?.[1] ?? '';

it.runIf(hasCommand('sqlite3'))(
  'the command of docs/upgrading.md backs a state file up beside a running daemon, and all that waits is in the backup',
  async () => {
    const simulator = await startSimulator({ contacts: 20 });
    const receiver = await startReceiver();
    const folder = mkdtempSync(join(tmpdir(), 'dbsync-backup-'));
    onTestFinished(async () => {
      await Promise.all([simulator.close(), receiver.close()]);
      rmSync(folder, { recursive: true });
    });
    const { campaign, token, url } = simulator;
    const surroundings = { cwd: folder, variables: { HOME: folder } };
    const start = (since: string) =>
      startDbsync({
        ...{ mode: 'webhook', campaign, token, 'api-url': url, 'state-dir': folder, interval: 1, since },
        ...{ url: `${receiver.origin}/hook`, 'webhook-backoff': '1h', 'log-dir': join(folder, 'logs') },
      });
    receiver.behave((response) => {
      response.statusCode = 422;
      response.end('not now');
    });
    const daemon = start('2020-01-01');
    await receiver.received(5);
    const command = COMMAND.replace('/var/lib/dbsync/CAMPAIGN', join(folder, campaign));
    expect(command).not.toBe('');
    const saved = await runProgram('sh', ['-c', command], surroundings);
    expect(saved.status, saved.stdout).toBe(0);
    const sent = receiver.requests.slice(0, 5).map(({ headers }) => headers['webhook-id']);
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);

    for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `${campaign}.sqlite${end}`), { force: true });
    renameSync(join(folder, 'before.sqlite'), join(folder, `${campaign}.sqlite`));
    const before = receiver.requests.length;
    receiver.behave(accept);
    const restored = start('2020-01-01');
    const control = (...words: string[]) =>
      runProgram(
        process.execPath,
        [BIN, 'deliveries', ...words, '--campaign', campaign, '--state-dir', folder],
        surroundings,
      );
    await restored.next(({ type }) => type === 'cycle');
    expect((await control('retry', '--all')).status).toBe(0);
    await expect.poll(async () => (await control()).stdout, { timeout: 60_000 }).toContain('Nothing waits');
    const again = receiver.requests.slice(before).map(({ headers }) => headers['webhook-id']);
    expect(again).toEqual(expect.arrayContaining(sent));
    expect(new Set(again).size).toBe(again.length);
    restored.kill('SIGTERM');
    expect(await restored.ended).toBe(0);
  },
);
