import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandRun, runCommand } from '../../../../test/harness/command/command-run.ts';

const TOKEN = 'canary-token-1';
const folder = mkdtempSync(join(tmpdir(), 'dbsync-metrics-'));
const importHook = join(folder, 'import-hook.mjs');
let simulator: Simulator;

beforeAll(async () => {
  writeFileSync(
    importHook,
    `import { registerHooks } from 'node:module';
     const load = (url, context, next) => {
       if (url.endsWith('/prom-client/index.js')) console.log('prom-client is loaded');
       return next(url, context);
     };
     registerHooks({ load });`,
  );
  simulator = await startSimulator({ contacts: 100, token: TOKEN, hostileEvery: 10 });
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

/** Runs the command, with a line on stdout as soon as prom-client is loaded. */
function dbsync(argv: readonly string[], variables: Readonly<Record<string, string>> = {}): CommandRun {
  return runCommand(argv, {
    DBSYNC_CAMPAIGN: simulator.campaign,
    DBSYNC_TOKEN: TOKEN,
    DBSYNC_URL: `sqlite:${join(folder, 'copy.db')}`,
    DBSYNC_API_URL: simulator.url,
    DBSYNC_INTERVAL: '1',
    NODE_OPTIONS: `--import=${pathToFileURL(importHook)}`,
    ...variables,
  });
}

async function addressOf(run: CommandRun): Promise<string> {
  await run.printed('/metrics');
  const address = /^Metrics: (http:\S+)\/metrics$/m.exec(run.stdout())?.[1];
  if (address === undefined) throw new Error(`No address in ${run.stdout()}`);
  return address;
}

/** Returns samples by name and labels, as the text has them. */
async function scrape(address: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${address}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await response.text();
  expect(text).not.toMatch(/canary/);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => line.split(/ (?=\S+$)/)).map(([name = '', value]) => [name, Number(value)]));
}

describe('a run with --metrics-port', () => {
  it('tells what it does while it runs, and ends as if nothing had listened', async () => {
    using init = dbsync(['--a', 'db_init']);
    expect(await init.ended, init.stdout()).toBe(0);
    expect(init.stdout()).not.toContain('prom-client is loaded');

    using run = dbsync(['--a', 'db_sync', '--v'], { DBSYNC_METRICS_PORT: '0' });
    const address = await addressOf(run);
    expect(run.stdout()).toContain('prom-client is loaded');
    await run.printed('Cycle: ');
    const before = await scrape(address);
    simulator.activity.step(20, 'transaction');
    const inserted = 'dbsync_rows_inserted_total';
    const isWritten = async () => (await scrape(address)).get(inserted);
    await expect.poll(isWritten, { timeout: 60_000 }).toBeGreaterThan(before.get(inserted) ?? 0);

    const samples = await scrape(address);
    expect(samples.get('dbsync_claim_held')).toBe(1);
    expect(samples.get('dbsync_waiting_seconds{target="api"}')).toBe(0);
    for (const name of ['dbsync_api_requests_total', 'dbsync_contacts_written_total', 'dbsync_written_bytes_total']) {
      expect(samples.get(name), name).toBeGreaterThan(0);
    }
    for (const name of ['dbsync_lag_seconds', 'dbsync_last_cycle_age_seconds', 'dbsync_last_listing_age_seconds']) {
      expect(samples.get(name), name).toBeLessThan(60);
    }
    expect(samples.get('dbsync_cycle_duration_seconds_count')).toBeGreaterThan(0);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(0);

    const ready = await fetch(`${address}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ ready: true, state: 'current' });
    const live = await fetch(`${address}/livez`);
    expect([live.status, await live.text()]).toEqual([200, '{"alive":true}\n']);
    const shown = await fetch(`${address}/`);
    const page = await shown.text();
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(page).toContain('Current: ');
    expect(page).toContain(`Campaign ${simulator.campaign} in sqlite:`);
    expect(page).toMatch(/<td class="name">(?:none|\d+ \([^<]*\): see dbsync dead-letters list)<\/td>/);
    expect(page).toMatch(/<path class="part"[^>]* d="M\d/);
    expect(page).not.toMatch(/canary/);

    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    await expect(fetch(`${address}/livez`)).rejects.toThrow();
  });

  it('asks for the password, and copies on while programs try others', async () => {
    const password = 'canary-password-1';
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o644 });
    using run = dbsync(['--a', 'db_sync', '--v', '--metrics-port=0', '--metrics-host=0.0.0.0'], {
      DBSYNC_METRICS_PASSWORD_FILE: passwordFile,
    });
    const address = (await addressOf(run)).replace('0.0.0.0', '127.0.0.1');
    await run.printed('Cycle: ');
    const fetchAs = (secret: string, path = '/') =>
      fetch(address + path, { headers: { authorization: `Basic ${btoa(`dbsync:${secret}`)}` } });
    const written = async () => {
      const text = await (await fetchAs(password, '/metrics')).text();
      return Number(/^dbsync_rows_inserted_total (\d+)$/m.exec(text)?.[1]);
    };
    const before = await written();
    const guesses = new AbortController();
    const statuses: number[] = [];
    const guessing = Array.from({ length: 40 }, async (_, program) => {
      for (let guess = 0; !guesses.signal.aborted; guess += 1) {
        const response = await fetchAs(`guess ${program} ${guess}`);
        statuses.push(response.status);
        await response.text();
      }
    });
    simulator.activity.step(20, 'transaction');
    await expect.poll(written, { timeout: 60_000 }).toBeGreaterThan(before);
    guesses.abort();
    await Promise.all(guessing);
    expect(statuses.length).toBeGreaterThanOrEqual(40);
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect((await fetch(`${address}/metrics`)).status).toBe(401);
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    expect(await (await fetchAs(password)).text()).toContain('Current: ');
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(run.logs()).toMatch(/CLI_SECRETS_EXPOSED: .*--metrics-password-file/);
    expect(run.stdout() + run.stderr() + run.logs()).not.toContain('canary');
  });

  it('serves metrics at another address as before, warns of it, and keeps the status page to itself', async () => {
    using run = dbsync(['--a', 'db_sync', '--v', '--metrics-port=0', '--metrics-host=0.0.0.0']);
    const address = (await addressOf(run)).replace('0.0.0.0', '127.0.0.1');
    await run.printed('Cycle: ');
    expect((await scrape(address)).get('dbsync_claim_held')).toBe(1);
    expect((await fetch(`${address}/`)).status).toBe(403);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(run.stdout()).toContain('CLI_METRICS_EXPOSED: Other machines may reach ');
    expect(run.stdout()).not.toContain('Status page:');
  });

  it('is ready while it stands by, with no lag to show', async () => {
    using holder = dbsync(['--a', 'db_sync', '--v']);
    await holder.printed('Cycle: ');
    using standby = dbsync(['--a', 'db_sync', '--metrics-port=0']);
    const address = await addressOf(standby);
    await standby.printed('stands by');
    expect(await (await fetch(`${address}/readyz`)).json()).toMatchObject({ ready: true, state: 'standby' });
    const samples = await scrape(address);
    expect(samples.get('dbsync_claim_held')).toBe(0);
    expect(samples.has('dbsync_lag_seconds')).toBe(false);
    for (const run of [standby, holder]) {
      run.child.kill('SIGTERM');
      expect(await run.ended).toBe(0);
    }
  });

  it('is refused where another process has the port, and says which option it was', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = Number(Object(other.address()).port);
    using run = dbsync(['--a', 'db_sync', '--metrics-port', String(port)]);
    expect(await run.ended).toBe(3);
    expect(run.stdout()).toContain(
      `CLI_METRICS_PORT: --metrics-port ${port} on 127.0.0.1: another process listens there`,
    );
    other.close();
  });
});

it('is nothing that the help would load', async () => {
  using run = dbsync(['help', 'options'], { DBSYNC_METRICS_PORT: '0' });
  expect(await run.ended).toBe(0);
  expect(run.stdout()).toContain('--metrics-port');
  expect(run.stdout()).not.toContain('prom-client is loaded');
});
