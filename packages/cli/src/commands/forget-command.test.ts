import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHere } from '../../../../test/harness/command/command-here.ts';
import { runCommand } from '../../../../test/harness/command/command-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'dbsync-forget-'));
const file = join(folder, 'copy.db');
let simulator: Simulator;

function variables() {
  return {
    DBSYNC_CAMPAIGN: simulator.campaign,
    DBSYNC_URL: `sqlite:${file}`,
    DBSYNC_TOKEN: simulator.token,
    DBSYNC_API_URL: simulator.url,
    DBSYNC_INTERVAL: '1',
  };
}

async function answer(...argv: readonly string[]): Promise<string> {
  const { code, stdout } = await runHere(['forget', ...argv], variables());
  expect(code, stdout).toBe(0);
  return stdout;
}

function contacts(): readonly string[] {
  using database = new DatabaseSync(file, { readOnly: true });
  return database
    .prepare('SELECT "$id" AS id FROM mcall_contacts ORDER BY 1')
    .all()
    .map(({ id }) => String(id));
}

function write(text: string): void {
  using database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec(text);
}

function acts() {
  using database = new DatabaseSync(file, { readOnly: true });
  return database
    .prepare('SELECT act, subject FROM mcall_sync_audit')
    .all()
    .map((row) => ({ ...row }));
}

beforeAll(async () => {
  simulator = await startSimulator({ contacts: 20 });
  const { code, stdout } = await runHere(['--mode', 'db_init'], variables());
  expect(code, stdout).toBe(0);
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

describe('forget', () => {
  it('R37 removes the contact at once where no daemon runs, keeps it out of the next copy, and says how much went', async () => {
    const [id = '', ...others] = contacts();
    const text = await answer(id);
    expect(text).toMatch(new RegExp(`^${id}: removed .*\\d+ transactions.*1 contacts`));
    expect(text).toContain(`1 contact forgotten in sqlite:${file}, and kept out from now on.`);
    using init = runCommand(['--mode', 'db_init', '--again'], variables());
    expect(await init.ended, init.stdout()).toBe(0);
    expect(contacts()).toEqual(others);
    expect(await answer('never-there')).toContain('never-there: nothing was there');
    expect(await answer(id, '--undo')).toContain('dbsync may copy 1 contact again.');
    expect(acts()).toContainEqual({ act: 'remember', subject: '{"contacts":1}' });
    expect(JSON.stringify(acts())).not.toContain(id);
    using again = runCommand(['--mode', 'db_init'], variables());
    expect(await again.ended, again.stdout()).toBe(0);
    expect(contacts()).toContain(id);
  });

  it('R37 asks the daemon that holds the campaign, and waits for its answer', async () => {
    const [id = ''] = contacts();
    using daemon = runCommand(['--mode', 'db_sync', '--json'], variables());
    await daemon.printed('"type":"cycle"');
    expect(JSON.parse(await answer(id, '--json'))).toMatchObject({
      ...{ type: 'forgotten', kind: 'forget', isDone: true },
      contacts: [{ contactId: id, erased: { contacts: 1 } }],
    });
    await daemon.printed('CONTACTS_FORGOTTEN');
    expect(contacts()).not.toContain(id);
    expect(await answer(id, '--undo')).toContain('dbsync may copy 1 contact again');
    await expect.poll(contacts).toContain(id);
    daemon.child.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
  });

  it('R37 says that a contact is gone only where it is, and can be asked again, beside a daemon and without one', async () => {
    const [id = ''] = contacts();
    write("CREATE TRIGGER stuck BEFORE DELETE ON mcall_contacts BEGIN SELECT RAISE(ABORT, 'the row is held'); END");
    const refused = async () => {
      using run = runCommand(['forget', id], variables());
      expect(await run.ended, run.stdout()).not.toBe(0);
      expect(run.stdout()).not.toMatch(/removed|nothing was there|forgotten in/);
    };
    await refused();
    expect(contacts()).toContain(id);
    using daemon = runCommand(['--mode', 'db_sync', '--json'], variables());
    await daemon.printed('"type":"cycle"');
    await refused();
    write('DROP TRIGGER stuck');
    expect(await answer(id)).toMatch(new RegExp(`^${id}: removed .*1 contacts`));
    expect(contacts()).not.toContain(id);
    daemon.child.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
    expect(await answer(id, '--undo')).toContain('dbsync may copy 1 contact again');
  });

  it('explains itself, and wants ids', async () => {
    using help = runCommand(['forget', '--help']);
    expect(await help.ended).toBe(0);
    expect(help.stdout()).toContain('dbsync forget CONTACT... --undo');
    using none = runCommand(['forget'], variables());
    expect(await none.ended).toBe(2);
    expect(none.stdout()).toContain('forget needs the ids of contacts');
  });
});
