import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../harness/command/command-run.ts';
import { dbsync, differences, variables, verify } from '../harness/command/copy-commands.ts';
import { openTargets } from '../harness/targets.ts';

async function copied(contacts = 30) {
  const simulator = await startSimulator({ contacts });
  const targets = await openTargets('sqlite');
  const target = await targets.create();
  onTestFinished(async () => {
    await simulator.close();
    await targets[Symbol.asyncDispose]();
  });
  expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  const all = (text: string) => {
    using database = new DatabaseSync(target.url.slice('sqlite:'.length));
    return database.prepare(text).all() as Record<string, string>[];
  };
  return { simulator, target, all };
}

const BY_HAND = 'SELECT "$id" AS id FROM mcall_contacts WHERE "$status" = \'by hand\' ORDER BY 1';

it('refetch of ids writes these contacts again, whatever their md5 says, and no others', async () => {
  const { simulator, target, all } = await copied();
  all('UPDATE mcall_contacts SET "$status" = \'by hand\'');
  const [one = '', two = '', ...rest] = all(BY_HAND).map(({ id }) => id);
  const { code, stdout } = await dbsync(simulator, target, ['refetch', String(one), String(two), '--json']);
  expect({ code, answer: JSON.parse(stdout) }).toEqual({
    code: 0,
    answer: { type: 'refetched', campaign: simulator.campaign, contacts: 2, isDone: true },
  });
  expect(all(BY_HAND).map(({ id }) => id)).toEqual(rest);
});

it('refetch --since writes contacts and inbound calls again that changed since, and --all all of them', async () => {
  const { simulator, target, all } = await copied();
  all('UPDATE mcall_contacts SET "$status" = \'by hand\'');
  all("UPDATE mcall_inbound_calls SET state = 'by hand'");
  const changed = simulator.activity.step(5, 'edit').map(({ contactId }) => contactId);
  const since = new Date(Date.now() - 60_000).toISOString();
  expect(await dbsync(simulator, target, ['refetch', '--since', since])).toMatchObject({ code: 0 });
  const left = new Set(all(BY_HAND).map(({ id }) => id));
  expect(changed.filter((id) => left.has(String(id)))).toEqual([]);
  expect(await dbsync(simulator, target, ['refetch', '--all'])).toMatchObject({ code: 0 });
  expect(all(BY_HAND)).toEqual([]);
  expect(await differences(simulator, target)).toEqual([]);
});

it('verify and refetch say what is not safe, as a start does', async () => {
  const { simulator, target } = await copied(3);
  const file = join(mkdtempSync(join(tmpdir(), 'dbsync-token-')), 'token');
  onTestFinished(() => rmSync(dirname(file), { recursive: true }));
  writeFileSync(file, simulator.token, { mode: 0o644 });
  for (const command of [['verify'], ['refetch', '--all']]) {
    using run = runCommand([...command, '--token-file', file], variables(simulator, target));
    await run.ended;
    expect(run.stderr()).toContain('CLI_SECRETS_EXPOSED');
  }
});

it('verify and refetch refuse a webhook target, and say which command looks there', async () => {
  const { simulator, target } = await copied(3);
  const receiver = { ...target, url: 'https://receiver.example.com/hook' };
  for (const command of [['verify'], ['refetch', 'A1']]) {
    const { code, stdout } = await dbsync(simulator, receiver, command);
    expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringContaining('dbsync deliveries') });
    expect(stdout).toContain('CLI_SINK_UNFIT');
  }
});

it('verify that is stopped by Ctrl-C ends at once with 130, and the copy is as it was', async () => {
  const { simulator, target } = await copied();
  const silent = createServer(() => {});
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  const asked = once(silent, 'request');
  using command = runCommand(['verify', '--deep'], {
    ...variables(simulator, target),
    DBSYNC_API_URL: `http://127.0.0.1:${port}`,
  });
  await asked;
  command.child.kill('SIGINT');
  expect(await command.ended, command.stdout()).toBe(130);
  expect(command.stdout()).not.toContain('CLI_UNEXPECTED');
  expect(await verify(simulator, target, '--deep')).toMatchObject({ code: 0, summary: { differences: 0 } });
});
