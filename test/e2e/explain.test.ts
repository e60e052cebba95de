import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../harness/command/command-run.ts';
import { dbsync, variables } from '../harness/command/copy-commands.ts';
import { queryRows } from '../harness/compare/query-rows.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { type CopyTarget, ENGINES } from '../harness/targets.ts';

/** SQL Server is left out: its identifiers are quoted in another way here. */
for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: explain tells of a contact what differs, by which run it was written, and what accounts for what is missing`, async () => {
    const { simulator, target, logs } = await copied(engine);
    const { run, quote } = databaseAt(target.url);
    const [[connection = '', transaction = '', contact = ''] = []] = await texts(
      target,
      'SELECT id, transaction_id, contact_id FROM mcall_connections ORDER BY id',
    );
    const whole = await explain(simulator, target, contact, logs);
    expect(whole).toMatchObject({ code: 0, verdict: 'equal', named: 'contacts', contact, differences: [] });
    expect(whole.copy.records).toEqual({ contacts: 1, inbound_calls: expect.any(Number), ...whole.api.records });
    expect(whole.copy).toMatchObject({ md5: whole.api.md5, stream: simulator.campaign });
    expect(Math.abs(Date.now() - Date.parse(whole.copy.changedAt))).toBeLessThan(3_600_000);
    expect(whole.log).toMatchObject({ last: { what: 'written', mode: 'db_init' }, runningThen: [whole.log.last.file] });
    for (const [id, named] of [
      [transaction, 'transactions'],
      [connection, 'connections'],
    ] as const) {
      expect(await explain(simulator, target, id, logs)).toMatchObject({ code: 0, named, contact, verdict: 'equal' });
    }
    const unknown = await explain(simulator, target, 'NO-SUCH-ID', logs);
    expect(unknown).toMatchObject({ code: 8, verdict: 'unknown', named: null });

    await compareCalls(simulator, target, logs);

    await run(`UPDATE mcall_contacts SET ${quote('$status')} = 'by hand' WHERE ${quote('$id')} = '${contact}'`);
    const changed = await explain(simulator, target, contact, logs);
    expect(changed).toMatchObject({ code: 5, verdict: 'differs' });
    expect(changed.differences).toEqual([
      { kind: 'cell', table: 'contacts', rowId: contact, column: '$status', api: expect.any(String), copy: 'by hand' },
    ]);
    await run(`DELETE FROM mcall_recordings WHERE contact_id = '${contact}'`);
    await run(`DELETE FROM mcall_connections WHERE contact_id = '${contact}'`);
    const broken = await explain(simulator, target, transaction, logs);
    expect(broken).toMatchObject({ code: 5, verdict: 'differs', named: 'transactions', contact });
    expect(broken.differences).toContainEqual({ kind: 'row', table: 'connections', rowId: connection });
    await run(`DELETE FROM mcall_transactions WHERE contact_id = '${contact}'`);
    await run(`DELETE FROM mcall_contacts WHERE ${quote('$id')} = '${contact}'`);
    const missing = await explain(simulator, target, contact, logs);
    expect(missing).toMatchObject({ code: 5, verdict: 'missing', copy: null, named: null });
    expect(await dbsync(simulator, target, ['refetch', contact])).toMatchObject({ code: 0 });
    expect(await explain(simulator, target, contact, logs)).toMatchObject({ code: 0, verdict: 'equal' });

    const [deleted] = simulator.activity.step(1, 'delete-contact');
    const gone = deleted?.contactId ?? '';
    expect(await explain(simulator, target, gone, logs)).toMatchObject({ code: 0, verdict: 'deleted', contact: gone });
    const [[other = ''] = []] = await texts(target, `SELECT ${quote('$id')} FROM mcall_contacts ORDER BY 1 DESC`);
    expect(await dbsync(simulator, target, ['forget', other])).toMatchObject({ code: 0 });
    expect(await explain(simulator, target, other, logs)).toMatchObject({ code: 0, verdict: 'forgotten', copy: null });
  });
}

it('explain names the transactions that the filter leaves out, and refuses options that the copy was not made with', async () => {
  const { simulator, target, logs } = await copied('sqlite', ['--filter-mode', 'hi_updates_only']);
  const refused = await dbsync(simulator, target, ['explain', 'ANY']);
  expect(refused).toMatchObject({ code: 2, stdout: expect.stringContaining('VERIFY_PLAN_DIFFERS') });
  const ids = await texts(target, 'SELECT "$id" FROM mcall_contacts ORDER BY 1');
  let hidden = 0;
  for (const [id = ''] of ids.slice(0, 5)) {
    const found = await explain(simulator, target, id, logs, '--filter-mode', 'hi_updates_only');
    expect(found).toMatchObject({ code: 0, verdict: 'equal' });
    hidden += found.api.filteredOut.length;
  }
  expect(hidden).toBeGreaterThan(0);
});

it('explain never shows a value of a field that the rules leave out or hash', async () => {
  const rules = ['--exclude-fields', '$phone'];
  const { simulator, target, logs } = await copied('sqlite', rules);
  const { run } = databaseAt(target.url);
  const [[id = ''] = []] = await texts(target, 'SELECT "$id" FROM mcall_contacts ORDER BY 1');
  await run(`UPDATE mcall_contacts SET "$phone" = '+49 30 SECRET', "$status" = 'by hand'`);
  const { stdout, ...found } = await explain(simulator, target, id, logs, ...rules);
  expect(found).toMatchObject({ code: 5, verdict: 'differs' });
  expect(stdout).toContain('by hand');
  expect(stdout).not.toContain('SECRET');
  const text = await dbsync(simulator, target, ['explain', id, ...rules]);
  expect(text.stdout).not.toContain('SECRET');
});

it('explain says that a contact is not copied since nothing happened to it after --since', async () => {
  const since = new Date(Date.now() + 60_000).toISOString();
  const { simulator, target, logs } = await copied('sqlite', ['--since', since]);
  const all = await campaignIds(simulator);
  const stored = new Set((await texts(target, 'SELECT "$id" FROM mcall_contacts')).map(([id]) => id));
  const [left = ''] = all.filter((id) => !stored.has(id));
  expect(await explain(simulator, target, left, logs)).toMatchObject({ code: 0, verdict: 'before-since', copy: null });
  // The listing names it, although each time in its body is before the start of the copy.
  const [event] = simulator.activity.step(1, 'transaction');
  const lost = event?.contactId ?? '';
  const { run } = databaseAt(target.url);
  await run(`DELETE FROM mcall_contacts WHERE "$id" = '${lost}'`);
  expect(await explain(simulator, target, lost, logs)).toMatchObject({ code: 5, verdict: 'missing' });
});

it('explain tells a contact of another campaign, and an inbound call without a contact, from what is deleted or unknown', async () => {
  const { simulator, target, logs } = await copied('sqlite');
  const { run } = databaseAt(target.url);
  const [deleted] = simulator.activity.step(1, 'delete-contact');
  const id = deleted?.contactId ?? '';
  await run(`UPDATE mcall_contacts SET "$campaign_id" = 'OTHER' WHERE "$id" = '${id}'`);
  expect(await explain(simulator, target, id, logs)).toMatchObject({ code: 8, verdict: 'other-campaign' });
  const text = await dbsync(simulator, target, ['explain', id]);
  expect(text.stdout.replaceAll('\n', ' ')).toContain(`dbsync explain ${id} --campaign OTHER`);

  const [[call = ''] = []] = await texts(target, 'SELECT id FROM mcall_inbound_calls ORDER BY id');
  await run(`UPDATE mcall_inbound_calls SET contact_id = NULL WHERE id = '${call}'`);
  const alone = await explain(simulator, target, call, logs);
  expect(alone).toMatchObject({ code: 5, verdict: 'call-differs', named: 'inbound_calls', contact: call });
  expect(alone.differences).toMatchObject([{ table: 'inbound_calls', rowId: call, column: 'contact_id' }]);
  const words = await dbsync(simulator, target, ['explain', call]);
  expect(words.stdout.replaceAll('\n', ' ')).toContain(`Inbound call ${call}: the copy differs (1 cell). To fetch`);
  await run(`INSERT INTO mcall_inbound_calls (id) VALUES ('GONE')`);
  expect(await explain(simulator, target, 'GONE', logs)).toMatchObject({ code: 0, verdict: 'deleted' });
  const [[equal = ''] = []] = await texts(target, `SELECT "$id" FROM mcall_contacts WHERE "$id" <> '${id}'`);
  const whole = await dbsync(simulator, target, ['explain', equal]);
  expect(whole.stdout.replaceAll('\n', ' ')).toContain(
    'the copy has all that the campaign has, inbound calls included.',
  );
});

it('explain gives no false alarm beside a daemon that follows the campaign', async () => {
  const { simulator, target, logs } = await copied('sqlite');
  using daemon = runCommand(['--mode', 'db_sync', '--interval', '1', '--json'], variables(simulator, target));
  await daemon.printed('"type":"cycle"');
  for (let round = 0; round < 3; round += 1) {
    const [event] = simulator.activity.step(1, 'transaction');
    const found = await explain(simulator, target, event?.contactId ?? '', logs);
    expect(found).toMatchObject({ code: 0, verdict: 'equal', heldBy: { pid: daemon.child.pid } });
  }
  daemon.child.kill('SIGTERM');
  expect(await daemon.ended).toBe(0);
});

it('explain writes what is the matter first, readable at 80 columns', async () => {
  const { simulator, target, logs } = await copied('sqlite');
  const { run } = databaseAt(target.url);
  const [[id = ''] = []] = await texts(target, 'SELECT "$id" FROM mcall_contacts ORDER BY 1');
  await run(`UPDATE mcall_contacts SET "$status" = 'by hand' WHERE "$id" = '${id}'`);
  const { stdout, code } = await dbsync(simulator, target, ['explain', id, '--log-dir', logs]);
  const lines = stdout.trimEnd().split('\n');
  expect(code).toBe(5);
  expect(lines.slice(0, 2).join(' ')).toBe(
    `Contact ${id}: the copy differs (1 cell). To fetch it again: dbsync refetch ${id}, with the options of this command.`,
  );
  expect(lines.slice(-3)).toEqual([
    `cell: contacts ${id} $status`,
    expect.stringMatching(/^ {2}API: {2}"/),
    '  copy: "by hand"',
  ]);
  expect(lines.filter((line) => line.length > 80 && !line.includes('/'))).toEqual([]);
});

/** Takes an inbound call of a contact away, and changes another one: explain finds it by the contact and by the call. */
async function compareCalls(simulator: Simulator, target: CopyTarget, logs: string): Promise<void> {
  const { run } = databaseAt(target.url);
  // Without another row, the deletion would empty the table, and all contacts would count as changed.
  await run(`INSERT INTO mcall_inbound_calls (id) VALUES ('OTHER')`);
  const query = 'SELECT id, contact_id FROM mcall_inbound_calls WHERE contact_id IS NOT NULL ORDER BY id';
  const [[call = '', contact = ''] = []] = await texts(target, query);
  expect(await explain(simulator, target, call, logs)).toMatchObject({ code: 0, named: 'inbound_calls', contact });
  await run(`UPDATE mcall_inbound_calls SET task_id = 'by hand' WHERE id = '${call}'`);
  const changed = { kind: 'cell', table: 'inbound_calls', rowId: call, column: 'task_id', copy: 'by hand' };
  for (const id of [call, contact]) {
    const { code, verdict, differences } = await explain(simulator, target, id, logs);
    expect({ code, verdict, differences }).toMatchObject({ code: 5, verdict: 'differs', differences: [changed] });
  }
  await run(`DELETE FROM mcall_inbound_calls WHERE id = '${call}'`);
  const row = { kind: 'row', table: 'inbound_calls', rowId: call };
  const ofContact = await explain(simulator, target, contact, logs);
  expect(ofContact).toMatchObject({ code: 5, verdict: 'differs', differences: [row] });
  const ofCall = await explain(simulator, target, call, logs);
  expect(ofCall).toMatchObject({ code: 5, verdict: 'call-missing', named: null, contact: call, differences: [row] });
  const { stdout } = await dbsync(simulator, target, ['explain', call]);
  expect(stdout.replaceAll('\n', ' ')).toContain(`Inbound call ${call} is missing in `);
  expect(await dbsync(simulator, target, ['verify', '--repair'])).toMatchObject({ code: 0 });
  expect(await explain(simulator, target, call, logs)).toMatchObject({ code: 0, verdict: 'equal', contact });
}

/** A copy of 30 contacts, made by a `db_init` whose log at `debug` is in `logs`. */
async function copied(engine: (typeof ENGINES)[number], argv: readonly string[] = []) {
  const simulator = await startSimulator({ contacts: 30 });
  const targets = await sharedTargets(engine);
  const target = await targets.create();
  const logs = mkdtempSync(join(tmpdir(), 'dbsync-logs-'));
  onTestFinished(async () => {
    await simulator.close();
    await targets[Symbol.asyncDispose]();
    rmSync(logs, { recursive: true });
  });
  const init = ['--mode', 'db_init', '--log-dir', logs, '--log-level', 'debug', ...argv];
  expect(await dbsync(simulator, target, init)).toMatchObject({ code: 0 });
  return { simulator, target, logs };
}

/** Runs `explain --json`. */
async function explain(simulator: Simulator, target: CopyTarget, id: string, logs: string, ...argv: readonly string[]) {
  const command = ['explain', id, '--json', '--log-dir', logs, ...argv];
  const { code, stdout } = await dbsync(simulator, target, command);
  expect(stdout.split('\n'), stdout).toHaveLength(2);
  return { code, stdout, ...JSON.parse(stdout) };
}

async function texts({ url }: CopyTarget, query: string): Promise<readonly string[][]> {
  return (await queryRows(url, query)).map((row) => row.map(String));
}

async function campaignIds({ url, campaign, token }: Simulator): Promise<readonly string[]> {
  const answer = await fetch(`${url}/api/campaigns/${campaign}/contacts/list?limit=1000`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { results } = (await answer.json()) as { readonly results: readonly { readonly id: string }[] };
  return results.map(({ id }) => id);
}
