import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Field, StoreSink } from '@dbsync/core/contract';
import { expect, it, onTestFinished } from 'vitest';
import { isOwnComment, marked } from '../../packages/sql/src/words/comment-text.ts';
import { queryRows } from '../harness/compare/query-rows.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { ENGINES, openTargets, withParameters } from '../harness/targets.ts';
import { commentsAt } from './comments-at.ts';

const options = { signal: new AbortController().signal };
const FIELDS: readonly Field[] = [
  { name: 'city', type: 'autocomplete' },
  { name: '\u{1f600} "*/', type: 'text' },
];
const EFFECT = 'Comments that explain tables and columns are written.';
const PAGE = readFileSync(join(import.meta.dirname, '../../docs/databases.md'), 'utf8');

for (const engine of ENGINES.filter((name) => name !== 'mssql' && name !== 'sqlite')) {
  it(`${engine}: each table and column of a copy has a comment, which a second start does not write again`, async () => {
    await using targets = await openTargets(engine);
    const { url } = await targets.create();
    await using comments = await commentsAt(url);
    expect(await effectsAt(url)).toContain(EFFECT);
    await startAt(url);
    const store = await storeAt(url);
    await store.viewing?.installViews({ timeZone: 'UTC' }, options);
    await store.close();
    const found = await comments.read();
    expect(found.size).toBeGreaterThan(engine === 'postgres' ? 250 : 150);
    const isOfViews = (part: string) => part.includes('_v_') && engine !== 'postgres';
    expect([...found].filter(([part, comment]) => !isOwnComment(comment) && !isOfViews(part))).toEqual([]);
    expect(found.get('mcall_connections.duration')).toMatch(/^Length of the connection\. In milliseconds\. \[dbsync/);
    expect(found.get('mcall_transactions.fired')).toContain('In UTC.');
    expect(found.get('mcall_contacts.city')).toContain(
      'Custom field of the campaign: "city", of the type autocomplete.',
    );
    if (engine === 'postgres') expect(found.get('mcall_v_contacts_wide.city')).toBe(found.get('mcall_contacts.city'));
    expect(await effectsAt(url)).not.toContain(EFFECT);
    const writes = await comments.writes();
    await startAt(url);
    expect(await comments.writes()).toBe(writes);
    await comments.set('mcall_contacts', '', 'By hand');
    expect(await comments.writes()).not.toBe(writes);
  });

  it(`${engine}: an upgraded copy gets comments and nothing else, and those of a person stay`, async () => {
    await using targets = await openTargets(engine);
    const { url } = await targets.create();
    await using comments = await commentsAt(url);
    await startAt(url);
    const wanted = await comments.read();
    await comments.run(...(ODD_COLUMNS[engine] ?? []));
    await comments.clear();
    expect(new Set((await comments.read()).values())).toEqual(new Set(['']));
    await comments.set('mcall_contacts', '', 'Our contacts');
    await comments.set('mcall_transactions', 'status', "Ask Ada's team");
    await comments.set('mcall_transactions', 'result', `${wanted.get('mcall_transactions.result')} Ask Ada`);
    await comments.set('mcall_contacts', '$ref', marked('Words of another release.'));
    const shape = await comments.shape();
    expect(await effectsAt(url)).toContain(EFFECT);
    await startAt(url);
    const kept = new Map([
      ...wanted,
      ['mcall_contacts', 'Our contacts'],
      ['mcall_transactions.status', "Ask Ada's team"],
      ['mcall_transactions.result', `${wanted.get('mcall_transactions.result')} Ask Ada`],
    ]);
    expect(await comments.read()).toEqual(kept);
    expect(await comments.shape()).toEqual(shape);
    expect(await effectsAt(url)).not.toContain(EFFECT);
  });

  it(`${engine}: a column that grows wider keeps its comment, and a new field gets one`, async () => {
    await using targets = await openTargets(engine);
    const { url } = await targets.create();
    await using comments = await commentsAt(url);
    await startAt(url);
    await comments.run(...(NARROW[engine] ?? []));
    await comments.set('mcall_contacts', '$phone', 'By hand');
    const type = { name: 'note', type: 'textarea' };
    const store = await storeAt(url);
    const changes = await store.declareFields([...FIELDS, type], options);
    expect(changes.map(({ column }) => column)).toEqual(['$phone', 'note']);
    expect((await comments.read()).get('mcall_contacts.$phone')).toBe('By hand');
    expect((await comments.read()).get('mcall_contacts.note')).toContain('"note", of the type textarea.');
    await store.declareFields([...FIELDS, { ...type, type: 'text' }], options);
    expect((await comments.read()).get('mcall_contacts.note')).toContain('"note", of the type text.');
  });

  it(`${engine}: neither a lock nor a right that is missing keeps a start from its work`, async () => {
    await using targets = await openTargets(engine);
    const url = withParameters((await targets.server?.createDatabase('calls')) ?? '', targets.server?.loginParameters);
    await using comments = await commentsAt(url);
    await startAt(url);
    const wanted = await comments.read();
    await comments.set('mcall_contacts', 'city', '');
    await comments.set('mcall_recordings', 'id', '');
    const store = await storeAt(url);
    await comments.whileLocked('mcall_contacts', async () => {
      expect(await store.declareFields(FIELDS, options)).toEqual([]);
    });
    expect((await comments.read()).get('mcall_contacts.city')).toBe('');
    await store.declareFields(FIELDS, options);
    expect(await comments.read()).toEqual(wanted);

    await comments.set('mcall_contacts', 'city', '');
    for (const grant of grantsOf(engine)) await queryRows(url, grant);
    const writer = Object.assign(new URL(url), {
      username: 'dbsync_writer',
      password: encodeURIComponent('choose a long one'),
    }).href;
    await startAt(writer);
    expect((await comments.read()).get('mcall_contacts.city')).toBe('');
    expect(await effectsAt(writer)).not.toContain(EFFECT);
    expect(await effectsAt(url)).toContain(EFFECT);
  });
}

it('postgres: comments of a view stay when dbsync makes the view again', async () => {
  await using targets = await openTargets('postgres');
  const { url } = await targets.create();
  await using comments = await commentsAt(url);
  await startAt(url);
  const store = await storeAt(url);
  await store.viewing?.installViews({ timeZone: 'UTC' }, options);
  const wanted = await comments.read();
  // A view with one more column cannot be replaced by one without it.
  const [[definition = ''] = []] = await queryRows(url, "SELECT pg_get_viewdef('mcall_v_inbound'::regclass)");
  await comments.run(
    `CREATE OR REPLACE VIEW mcall_v_inbound AS SELECT own.*, 1 AS more FROM (${definition?.replace(';', '')}) AS own`,
    "COMMENT ON COLUMN mcall_v_inbound.more IS 'Gone'",
  );
  for (const view of ['mcall_v_inbound', 'mcall_v_calls']) {
    await comments.set(view, '', 'Our view');
    await comments.set(view, 'agent', "Ask Ada's team");
  }
  await store.viewing?.installViews({ timeZone: 'Europe/Madrid' }, options);
  const kept = new Map(wanted);
  for (const view of ['mcall_v_inbound', 'mcall_v_calls']) {
    kept.set(view, 'Our view');
    kept.set(`${view}.agent`, "Ask Ada's team");
  }
  expect(await comments.read()).toEqual(kept);
  // The transaction that makes the view writes them all: a process that ends meanwhile loses none.
  const written = `SELECT DISTINCT pg_description.xmin = pg_class.xmin AS "isWithView" FROM pg_description
    JOIN pg_class ON pg_class.oid = objoid WHERE relname = 'mcall_v_inbound'`;
  expect(await queryRows(url, written)).toEqual([['t']]);
});

it('sqlite: a new table has its comments in the text of CREATE TABLE, and no start tells of them', async () => {
  await using targets = await openTargets('sqlite');
  const { url } = await targets.create();
  await startAt(url);
  const [[text] = []] = await queryRows(url, "SELECT sql FROM sqlite_schema WHERE name = 'mcall_connections'");
  expect(text).toMatch(
    /^CREATE TABLE "mcall_connections" \(\/\* One row for each .* \*\/ "id" TEXT .*\/\* Id of the connection\. \*\/,/,
  );
  expect(text).toContain('/* Length of the connection. In milliseconds. */');
  expect(await effectsAt(url)).not.toContain(EFFECT);
});

/** Columns of dbsync with more to them than a type. */
const ODD_COLUMNS: Readonly<Partial<Record<string, readonly string[]>>> = {
  postgres: [`ALTER TABLE mcall_contacts ALTER "$source" SET DEFAULT 'it''s'`],
  mariadb: [
    'ALTER TABLE mcall_contacts MODIFY `$changed` datetime(3) DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3)',
    "ALTER TABLE mcall_contacts MODIFY `$source` longtext DEFAULT ' COMMENT ''no''' CHECK (`$source` <> ' CHECK (')",
  ],
  mysql: [
    'ALTER TABLE mcall_contacts MODIFY `$changed` datetime(3) DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3)',
    "ALTER TABLE mcall_contacts MODIFY `$source` longtext DEFAULT (' COMMENT ''no''')",
  ],
};

const NARROW: Readonly<Partial<Record<string, readonly string[]>>> = {
  postgres: ['ALTER TABLE mcall_contacts ALTER "$phone" TYPE varchar(50)'],
  mariadb: ['ALTER TABLE mcall_contacts MODIFY `$phone` varchar(50)'],
  mysql: ['ALTER TABLE mcall_contacts MODIFY `$phone` varchar(50)'],
};

/** Returns the statements of docs/databases.md for the roles. */
function grantsOf(engine: string): readonly string[] {
  const heading = engine === 'postgres' ? 'PostgreSQL' : 'MariaDB and MySQL';
  const [, grants = ''] = new RegExp(`\\n### Roles in ${heading}\\n\\n\`\`\`sql\\n(.*?)\`\`\``, 's').exec(PAGE) ?? [];
  return grants.trim().split('\n');
}

async function storeAt(url: string, plans = false): Promise<StoreSink> {
  const store = await loadStore(url, plans ? { onlyLooks: true, copyMayBeMissing: true } : {});
  await store.open(options);
  onTestFinished(() => store.close());
  return store;
}

async function startAt(url: string): Promise<void> {
  const store = await storeAt(url);
  await store.declareFields(FIELDS, options);
  await store.close();
}

async function effectsAt(url: string): Promise<readonly string[]> {
  const store = await storeAt(url, true);
  const planned = await store.planChanges?.(FIELDS, options);
  await store.close();
  return planned?.effects ?? [];
}
