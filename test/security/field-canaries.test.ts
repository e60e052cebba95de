import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { untilCaughtUp } from '../harness/caught-up.ts';
import { type Cleaning, cleaned } from '../harness/compare/cleaned-truth.ts';
import { type ExactJson, parseExact } from '../harness/compare/exact-json.ts';
import { type DbsyncChild, startDbsync } from '../harness/dbsync-child.ts';
import { createUpstreamClient } from '../harness/upstream-client.ts';
import { type Receiver, startReceiver } from '../harness/webhook/webhook-receiver.ts';

const DAY_MS = 86_400_000;
const KEYS = ['the first key, of more than 32 bytes', 'another key, of more than 32 bytes too'] as const;
const RULES = {
  'exclude-fields': 'contacts.$ref,location,filename,appointment',
  'hash-fields': '*phone,mobile,*_number,call*number',
};
const EXCLUDED = /^(\$ref|location|filename|appointment)$/;
const HASHED = /(phone|^mobile|_number)$|^call.*number$/;

const cleaningWith = (key: string): Cleaning => ({
  key,
  drops: (kind, field) => EXCLUDED.test(field) && (field !== '$ref' || kind === 'contacts'),
  hashes: (_kind, field) => HASHED.test(field),
});

let folder: string;
let simulator: Simulator;
const children: DbsyncChild[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dbsync-canaries-'));
  mkdirSync(join(folder, 'out'));
  for (const [at, key] of KEYS.entries()) writeFileSync(join(folder, `key-${at}`), `${key}\n`, { mode: 0o600 });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await simulator.close();
  rmSync(folder, { recursive: true });
});

function start(options: Readonly<Record<string, string | number>>, keyNr: 0 | 1 = 0): DbsyncChild {
  const { campaign, token, url } = simulator;
  const child = startDbsync({
    ...{ campaign, token, 'api-url': url, interval: 1, lease: 2, 'log-level': 'debug' },
    ...{ 'log-dir': join(folder, 'out', 'logs'), 'hash-key-file': join(folder, `key-${keyNr}`), ...RULES, ...options },
  });
  children.push(child);
  return child;
}

/**
 * Returns every value of the fields that the rules name, as the API sends it. Short ones could appear elsewhere by
 * chance.
 */
async function canaries(): Promise<readonly string[]> {
  const client = createUpstreamClient(simulator);
  const listed = await client.all<{ id: string }>('contacts/list?limit=1000');
  const texts = [await (await client.request('inbound/calls/?from=&limit=1000')).text()];
  const request = { method: 'POST', body: JSON.stringify(listed.map(({ id }) => id)) };
  texts.push(await (await client.request('contacts/?include_md5=true', request)).text());
  const found = new Set<string>();
  for (const text of texts) {
    JSON.parse(text, (name, value) => {
      const isNamed = EXCLUDED.test(name) || HASHED.test(name);
      if (isNamed && typeof value === 'string' && value.length >= 8) found.add(value);
      return value;
    });
  }
  return [...found];
}

/** Returns those of these texts that are in any file below the folder, or in the text. */
function leaked(values: readonly string[], text: string): readonly string[] {
  const out = join(folder, 'out');
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const contents = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  expect(contents.length).toBeGreaterThan(1);
  return values.filter((value) => text.includes(value) || contents.some((content) => content.includes(value)));
}

it('leaves no value of an excluded or hashed field in the file of the database, its WAL, logs and output', async () => {
  simulator = await startSimulator({ contacts: 60, hostileEvery: 15, inboundCalls: 20 });
  const target = { url: `sqlite:${join(folder, 'out', 'copy.db')}` };
  const values = await canaries();
  expect(values.length).toBeGreaterThan(150);
  const init = start({ mode: 'db_init', ...target });
  expect(await init.ended, init.output()).toBe(0);
  const daemon = start({ mode: 'db_sync', ...target });
  await untilCaughtUp(daemon);
  simulator.activity.step(10, 'transaction');
  simulator.activity.step(3, 'inbound-call');
  await untilCaughtUp(daemon);
  const all = new Set([...values, ...(await canaries()), ...KEYS]);
  expect(leaked([...all], init.output() + daemon.output())).toEqual([]);
  daemon.kill('SIGTERM');
  await daemon.ended;
  expect(leaked([...all], daemon.output())).toEqual([]);
  using database = new DatabaseSync(join(folder, 'out', 'copy.db'));
  const columns = database.prepare("SELECT name FROM pragma_table_info('mcall_contacts')").all();
  expect(columns).toContainEqual({ name: 'mobile' });
  expect(columns).not.toContainEqual({ name: 'appointment' });
});

it('delivers cleaned contacts and transactions, leaves nothing in the outbox, and sends nothing again under another key', async () => {
  simulator = await startSimulator({ contacts: 40 });
  const receiver = await startReceiver();
  const options = {
    ...{ mode: 'webhook', url: `${receiver.origin}/hook`, 'state-dir': join(folder, 'out', 'state') },
    ...{ since: new Date(simulator.historyEndMs - 5 * DAY_MS).toISOString(), 'webhook-rate': 1_000 },
  };
  const first = start(options);
  await untilCaughtUp(first);
  await receiver.received(await dueSince(options.since));
  first.kill('SIGTERM');
  expect(await first.ended, first.output()).toBe(0);
  const sent = receiver.requests.length;
  expect(sent).toBeGreaterThan(5);
  await expectCleaned(receiver, cleaningWith(KEYS[0]));

  const second = start(options, 1);
  await second.next(({ type, part }) => type === 'part-done' && part === 'listing');
  await untilCaughtUp(second);
  expect(second.output()).toContain('FIELD_RULES_CHANGED');
  expect(receiver.requests).toHaveLength(sent);
  simulator.activity.step(1, 'transaction');
  await receiver.received(sent + 1);
  second.kill('SIGTERM');
  expect(await second.ended, second.output()).toBe(0);
  expect(receiver.requests).toHaveLength(sent + 1);
  const bodies = receiver.requests.map(({ body }) => body).join('\n');
  expect(leaked([...(await canaries()), ...KEYS], first.output() + second.output() + bodies)).toEqual([]);
  await receiver.close();
});

/** Counts the transactions of the campaign that were fired since then. */
async function dueSince(since: string): Promise<number> {
  const client = createUpstreamClient(simulator);
  const listed = await client.all<{ id: string }>('contacts/list?limit=1000');
  const text = JSON.stringify(await client.bodies(listed.map(({ id }) => id)));
  let due = 0;
  JSON.parse(text, (name, value) => {
    if (name === 'transactions') due += (value as { fired: string }[]).filter(({ fired }) => fired >= since).length;
    return value;
  });
  return due;
}

/** Expects each delivery to be its contact and one of its transactions, cleaned by other means. */
async function expectCleaned(receiver: Receiver, cleaning: Cleaning): Promise<void> {
  const client = createUpstreamClient(simulator);
  for (const { body } of receiver.requests) {
    const { contact, transaction } = parseExact(body) as { contact: { $id: string }; transaction: ExactJson };
    const request = { method: 'POST', body: JSON.stringify([contact.$id]) };
    const answer = await (await client.request('contacts/?include_md5=true', request)).text();
    const [original] = parseExact(answer) as ExactJson[];
    const { $task_log: log, ...rest } = cleaned(original ?? null, 'contacts', cleaning) as Record<string, ExactJson>;
    expect(contact).toEqual(rest);
    const transactions = (log as { transactions?: ExactJson[] }[]).flatMap((entry) => entry.transactions ?? []);
    expect(transactions).toContainEqual(transaction);
  }
}
