import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../harness/command/command-run.ts';
import { DISTINCT_ENGINES, openTargets } from '../harness/targets.ts';
import { startReceiver } from '../harness/webhook/webhook-receiver.ts';

interface Finding {
  readonly part: string;
  readonly check: string;
  readonly level: string;
  readonly what: string;
  readonly remedy: string | null;
}

async function simulated() {
  const simulator = await startSimulator({ contacts: 30 });
  onTestFinished(() => simulator.close());
  const { campaign, token, url } = simulator;
  return { simulator, options: ['--campaign', campaign, '--token', token, '--api-url', url] };
}

async function doctor(argv: readonly string[]) {
  using run = runCommand(['doctor', '--json', ...argv]);
  const code = await run.ended;
  const output = run.stdout() + run.stderr();
  const lines = run.stdout().trim().split('\n');
  expect(lines, output).toHaveLength(1);
  const report = JSON.parse(lines[0] ?? '');
  const findings: readonly Finding[] = report.findings;
  for (const { level, remedy, what } of findings) {
    if (level === 'warn' || level === 'fail') expect(remedy, what).toBeTruthy();
  }
  const at = (level: string) => findings.filter((finding) => finding.level === level);
  return { code, output, report, findings, failures: at('fail'), warnings: at('warn') };
}

for (const engine of DISTINCT_ENGINES) {
  it(`${engine}: doctor passes an empty database and a copy, and changes neither`, async () => {
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const { simulator, options } = await simulated();
    const given = [...options, '--url', target.url];
    // A first look that made something would let the second one find a copy.
    for (let look = 0; look < 2; look++) {
      const { code, failures, findings, output } = await doctor(given);
      expect(failures, output).toEqual([]);
      expect(code).toBe(0);
      const expected = engine === 'sqlite' ? 'The first start makes' : 'There is no copy yet';
      expect(findings.map(({ what }) => what)).toContainEqual(expect.stringContaining(expected));
    }
    if (engine === 'sqlite') expect(existsSync(target.url.slice('sqlite:'.length))).toBe(false);
    using copying = runCommand(['--mode', 'db_init', ...given]);
    expect(await copying.ended, copying.stdout()).toBe(0);
    const { code, failures, report, findings } = await doctor(given);
    expect(failures).toEqual([]);
    expect(code).toBe(0);
    expect(report).toMatchObject({ type: 'doctor', failures: 0, version: expect.any(String) });
    expect(report.passed).toBe(findings.filter(({ level }) => level === 'pass').length);
    expect(findings.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/^All tables such as mcall_contacts/),
    );
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(
        'node log-folder disk proxy dns connection tls token campaign clock plugins sink login health'.split(' '),
      ),
    );
    expect(simulator.url).toBeTruthy();
  });
}

for (const engine of DISTINCT_ENGINES.filter((name) => name !== 'sqlite')) {
  it(`${engine}: doctor names a login that is refused, shows no password, and checks the rest`, async () => {
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const { options } = await simulated();
    const url = new URL(target.url);
    url.username = 'dbsync_nobody';
    url.password = 'CANARY-PASSWORD';
    const { code, failures, findings, output } = await doctor([...options, '--url', url.href]);
    expect(code).toBe(3);
    expect(failures).toMatchObject([{ part: 'target', check: 'login' }]);
    expect(findings).toContainEqual(expect.objectContaining({ check: 'health', level: 'not-checked' }));
    expect(findings).toContainEqual(expect.objectContaining({ check: 'token', level: 'pass' }));
    expect(output).not.toContain('CANARY-PASSWORD');
  });
}

it('ends where the database takes connections and never answers', async () => {
  const silent = createServer((socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as { port: number };
  const { code, failures } = await doctor(['--url', `postgres://u:p@127.0.0.1:${port}/d`]);
  expect(code).toBe(3);
  expect(failures).toContainEqual(expect.objectContaining({ part: 'target', check: 'login' }));
});

it('names a token that the API refuses, an unknown sink and a wrong word, by exit code', async () => {
  const { options } = await simulated();
  const refused = await doctor([...options, '--token', 'CANARY-TOKEN']);
  expect([refused.code, refused.failures]).toMatchObject([3, [{ part: 'api', check: 'token' }]]);
  expect(refused.output).not.toContain('CANARY-TOKEN');
  const unknown = await doctor([...options, '--url', 'tea:pot']);
  expect([unknown.code, unknown.failures]).toMatchObject([3, [{ part: 'target', check: 'sink' }]]);
  using wrong = runCommand(['doctor', 'please']);
  expect(await wrong.ended).toBe(2);
});

it('sends one sample to the receiver of webhooks, unless it shall not, and names a refusal', async () => {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const { options } = await simulated();
  const state = mkdtempSync(join(tmpdir(), 'dbsync-doctor-'));
  onTestFinished(() => rmSync(state, { recursive: true }));
  const given = [...options, '--mode', 'webhook', '--state-dir', state, '--url', `${receiver.origin}/CANARY-PATH`];

  const quiet = await doctor([...given, '--no-sample']);
  expect(quiet.failures).toEqual([]);
  expect(quiet.findings).toContainEqual(expect.objectContaining({ check: 'sample', level: 'not-checked' }));
  expect(receiver.requests).toHaveLength(0);

  const accepted = await doctor(given);
  expect(accepted.failures).toEqual([]);
  expect(accepted.findings).toContainEqual(expect.objectContaining({ check: 'sample', level: 'pass' }));
  expect(receiver.requests).toHaveLength(1);

  receiver.behave((response) => {
    response.statusCode = 422;
    response.end('no');
  });
  const refused = await doctor(given);
  expect([refused.code, refused.failures]).toMatchObject([3, [{ check: 'sample' }]]);
  expect(refused.output).not.toContain('CANARY-PATH');
  expect(readdirSync(state)).toEqual([]);
});

it('names a receiver that cannot be reached', async () => {
  const { code, failures } = await doctor(['--url', 'http://127.0.0.1:1/hook']);
  expect(code).toBe(3);
  expect(failures).toContainEqual(expect.objectContaining({ part: 'target', check: 'health' }));
});

it('masks a secret that is longer than a line', async () => {
  const token = 'CANARY'.repeat(20);
  using run = runCommand(['doctor', '--campaign', 'C', '--token', token, '--log-dir', `/nowhere/${token}`]);
  await run.ended;
  expect(run.stdout()).toContain('The folder for logs, /nowhere/');
  expect(run.stdout()).not.toContain('CANARYCANARY');
});

it('writes words of 80 columns without colour', async () => {
  const { options } = await simulated();
  using run = runCommand(['doctor', ...options, '--url', 'sqlite:/nowhere/at/all.db']);
  expect(await run.ended).toBe(3);
  const lines = run.stdout().trimEnd().split('\n');
  expect(lines.filter((line) => line.length > 80 && !line.includes('To do:'))).toEqual([]);
  expect(run.stdout()).not.toContain('\u001b');
  expect(lines).toContain('           To do: mkdir -p /nowhere/at');
  expect(lines.at(-1)).toMatch(/^1 failure, \d+ warnings?, \d+ not checked, \d+ passed\.$/);
});
