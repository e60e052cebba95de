import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { claimOf, createSqliteFile } from '../harness/sqlite-file.ts';

const BIN = join(import.meta.dirname, '../../packages/cli/bin/dbsync.js');

function start(...words: readonly string[]) {
  const child = spawn(process.execPath, [BIN, ...words, '--campaign', 'C1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return { child, output: () => output };
}

async function interrupt(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'close');
  child.kill('SIGINT');
  return (await ended)[0];
}

it('forget that is stopped while it waits for the daemon says that its request stays', async () => {
  await using file = createSqliteFile();
  const sink = await file.openSink();
  await claimOf(sink);
  const { child, output } = start('forget', 'A', '--url', `sqlite:${file.file}`);
  const requests = () => file.query('SELECT request_key FROM mcall_sync_requests').length;
  await expect.poll(requests, { timeout: 20_000 }).toBe(1);
  expect(await interrupt(child), output()).toBe(130);
  expect(output()).toContain('Requested.');
  expect(output()).not.toContain('CLI_UNEXPECTED');
});
