import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runHere } from '../harness/command/command-here.ts';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { queryRows } from '../harness/compare/query-rows.ts';
import { type DbsyncChild, optionWords, startDbsync } from '../harness/dbsync-child.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { DISTINCT_ENGINES, openTargets } from '../harness/targets.ts';

const DAY_MS = 86_400_000;
const CONTACTS = 60;
/** A number of contacts that needs a question. */
const DELETED = 8;

for (const engine of DISTINCT_ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: R38 db_sync --mirror-deletions asks before it removes many contacts, and the command that it names allows them`, async () => {
    const { simulator, run, done, deleteContacts, target, url } = await campaignAt(engine);
    expect(await done('db_init')).toBe(0);
    const deleted = deleteContacts();
    await ageListings(url);
    const first = run('db_sync', { 'mirror-deletions': true });
    await untilListedAll(first);
    first.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.output()).not.toContain('MIRROR_');
    await ageListings(url);

    const daemon = run('db_sync', { 'mirror-deletions': true });
    const { message } = await daemon.next(({ code }) => code === 'MIRROR_TOO_MANY');
    expect(message).toContain(`lacks ${DELETED} of ${CONTACTS} stored contacts`);
    const [, words = ''] = /dbsync (mirror-deletions .*) --campaign/.exec(String(message)) ?? [];
    expect(words).toBe(`mirror-deletions --allow ${DELETED}`);
    const removed = daemon.next(
      ({ code, message: text }) => code === 'CONTACTS_REMOVED' && /^Removed:/.test(String(text)),
    );
    expect(await done(null, { allow: DELETED }, ['mirror-deletions'])).toBe(0);
    expect((await removed).message).toContain(`Removed: ${DELETED} contacts.`);
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
    const left = await queryRows(url, 'SELECT count(*) FROM mcall_contacts');
    expect(Number(left[0]?.[0])).toBe(CONTACTS - DELETED);
    const { differences } = await target.read((copy) => compareWithTruth(`${simulator.url}/__truth`, copy));
    expect(differences.filter(({ id }) => deleted.has(id))).toEqual([]);
    const acts = await queryRows(url, "SELECT act FROM mcall_sync_audit WHERE act LIKE 'mirror%'");
    expect(acts).toHaveLength(1);
  });

  it(`${engine}: R38 --mirror-deletions removes nothing from a copy that begins at a time, and says so`, async () => {
    const { run, done, deleteContacts, url } = await campaignAt(engine);
    const since = new Date(Date.now() - 30 * DAY_MS).toISOString();
    expect(await done('db_init', { since })).toBe(0);
    const before = await queryRows(url, 'SELECT count(*) FROM mcall_contacts');
    deleteContacts();
    await ageListings(url);
    const daemon = run('db_sync', { 'mirror-deletions': true });
    const reported = daemon.next(({ code }) => code === 'MIRROR_PARTIAL');
    expect((await reported).message).toContain('--since');
    await done(null, { allow: DELETED }, ['mirror-deletions']);
    await daemon.next(({ type }) => type === 'cycle');
    await daemon.next(({ type }) => type === 'cycle');
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
    expect(await queryRows(url, 'SELECT count(*) FROM mcall_contacts')).toEqual(before);
  });
}

type Mode = 'db_init' | 'db_sync';
type Options = Readonly<Record<string, string | number | true>>;

async function campaignAt(engine: (typeof DISTINCT_ENGINES)[number]) {
  const simulator = await startSimulator({ contacts: CONTACTS });
  const targets = await openTargets(engine);
  const target = await targets.create();
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-mirror-'));
  const file = join(folder, 'url');
  writeFileSync(file, target.url, { mode: 0o600 });
  const children: DbsyncChild[] = [];
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL');
    await target[Symbol.asyncDispose]();
    await targets[Symbol.asyncDispose]();
    await simulator.close();
    rmSync(folder, { recursive: true });
  });
  const { campaign, token, url: apiUrl } = simulator;
  const optionsOf = (mode: Mode | null, more: Options = {}): Options => {
    const common = { campaign, 'url-file': file, ...more };
    return mode === null ? common : { mode, token, 'api-url': apiUrl, interval: 1, ...common };
  };
  return {
    simulator,
    target,
    url: target.url,
    run: (mode: Mode | null, more?: Options, words: readonly string[] = []) => {
      const child = startDbsync(optionsOf(mode, more), {}, words);
      children.push(child);
      return child;
    },
    /** Runs a command to its end. Returns its exit code. */
    done: async (mode: Mode | null, more?: Options, words: readonly string[] = []) =>
      (await runHere([...words, ...optionWords(optionsOf(mode, more))], {})).code,
    deleteContacts: () => new Set(simulator.activity.step(DELETED, 'delete-contact').map(({ contactId }) => contactId)),
  };
}

async function untilListedAll(daemon: DbsyncChild): Promise<void> {
  await daemon.next(({ type, part }) => type === 'part-done' && part === 'listing');
  await daemon.next(({ type }) => type === 'cycle');
}

/**
 * Lets all that the stopped daemon has noted be a day older, and a bit: then the next one lists all, and a second time finds
 * what the first one noted.
 */
async function ageListings(url: string): Promise<void> {
  const byMs = DAY_MS + 60_000;
  const [[text] = []] = await queryRows(url, 'SELECT progress FROM mcall_sync_state');
  const progress = JSON.parse(String(text));
  const former = progress.fullyListedFrom ?? progress.listedFrom;
  const mark = new Date(Date.parse(former) - byMs).toISOString();
  const { run } = databaseAt(url);
  await run(`UPDATE mcall_sync_state SET progress = '${JSON.stringify({ ...progress, fullyListedFrom: mark })}'`);
  for (const [id, note] of await notesAt(url)) {
    const { sinceMs, untilMs, ...rest } = JSON.parse(String(note));
    const aged = { ...rest, sinceMs: sinceMs - byMs, untilMs: untilMs - byMs, mark };
    await run(`UPDATE mcall_sync_missing SET note = '${JSON.stringify(aged)}' WHERE contact_id = '${id}'`);
  }
}

async function notesAt(url: string) {
  return await queryRows(url, 'SELECT contact_id, note FROM mcall_sync_missing').catch(() => []);
}
