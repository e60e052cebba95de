import type { Field, PlannedChange, PlannedChanges } from '@dbsync/core/contract';
import { expect, it, onTestFinished } from 'vitest';
import { UPSTREAM_COLUMNS } from '../../packages/sql/src/columns/upstream-columns.ts';
import { dbsync2Rows, dbsync2Tables, statementsOf } from '../harness/dbsync2-tables.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { schemaAt } from '../harness/schema-at.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { ENGINES, type EngineName } from '../harness/targets.ts';

const { signal } = new AbortController();

const FIELDS: readonly Field[] = [
  ...['city', 'City', 'strasse', 'stra\u00dfe', 'ctid', 'x'.repeat(80), 'a\u0000b', '$phone'].map(text),
  { name: 'amount', type: 'number' },
];

interface Scenario {
  readonly name: string;
  readonly engines?: readonly EngineName[];
  /** Options of the copy before. */
  readonly before?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
  /** Leaves the target as the start finds it. */
  prepare?(url: string, start: (fields: readonly Field[]) => Promise<void>): Promise<void>;
  readonly fields?: readonly Field[];
  /** Parts of the plan that have to be there. */
  readonly expected: readonly Partial<PlannedChange>[];
}

const OLD_SERVERS = ['postgres', 'mariadb', 'mysql'] as const;

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'an empty target, with names that engines take for one',
    expected: [
      { change: 'create-table', table: 'mcall_contacts' },
      { change: 'create-table', table: 'mcall_sync_audit' },
      { change: 'add', column: 'city' },
      { change: 'add', field: 'City', why: 'another column has this name, as the strictest database compares names' },
      { change: 'add', field: 'ctid', why: 'databases keep this name for themselves' },
      { change: 'add', field: 'x'.repeat(80), why: 'its name is longer than 54 bytes' },
      { change: 'add', field: 'a\u0000b', why: 'its name has characters that not every database takes' },
    ],
  },
  { name: 'a copy that has all', prepare: (_url, start) => start(FIELDS), expected: [] },
  {
    name: 'new custom fields, more than may have columns',
    options: { 'max-custom-fields': String(FIELDS.length + 1) },
    prepare: (_url, start) => start(FIELDS),
    fields: [...FIELDS, text('note'), text('Note')],
    expected: [
      { change: 'add', column: 'note' },
      { change: 'overflow', column: 'Note', to: 'beyond the number of custom fields that get columns' },
    ],
  },
  {
    name: 'tables of the former release, and a column that another program dropped',
    async prepare(url, start) {
      await start(FIELDS);
      const { run, quote } = databaseAt(url);
      for (const table of ['sync_audit', 'sync_forgotten']) await run(`DROP TABLE mcall_${table}`);
      await run(`ALTER TABLE mcall_contacts DROP COLUMN ${quote('$source')}`);
      await run(`ALTER TABLE mcall_contacts DROP COLUMN ${quote('amount')}`);
    },
    expected: [
      { change: 'create-table', table: 'mcall_sync_audit' },
      { change: 'create-table', table: 'mcall_sync_forgotten' },
      { change: 'add', column: '$source' },
      { change: 'add', column: 'amount' },
    ],
  },
  {
    name: 'other column types',
    before: { 'column-types': 'dbsync2' },
    prepare: (_url, start) => start(FIELDS),
    expected: [],
  },
  {
    name: 'tables of the old client',
    engines: OLD_SERVERS,
    prepare: (url) => oldTables(url),
    expected: [
      { change: 'create-table', table: 'mcall_sync_state' },
      { change: 'widen', table: 'mcall_contacts', column: '$ref' },
      { change: 'add', table: 'mcall_contacts', column: '$sync' },
    ],
  },
  {
    name: 'tables of the old client with a view on a column that is to be wider',
    engines: ['postgres'],
    async prepare(url) {
      await oldTables(url);
      await databaseAt(url).run('CREATE VIEW refs AS SELECT "$ref" FROM mcall_contacts');
    },
    expected: [
      {
        change: 'widen',
        column: '$ref',
        obstacle: {
          what: expect.stringContaining('refs'),
          clear: expect.stringContaining('DROP VIEW'),
          isFatal: false,
        },
      },
    ],
  },
  {
    name: 'tables of the old client with a generated column over one that is to be wider',
    engines: ['mariadb', 'mysql'],
    async prepare(url) {
      await oldTables(url);
      await databaseAt(url).run(
        'ALTER TABLE mcall_contacts ADD COLUMN shown varchar(60) GENERATED ALWAYS AS (concat(`$ref`, 1)) STORED',
      );
    },
    expected: [
      {
        change: 'widen',
        column: '$ref',
        obstacle: {
          what: expect.stringContaining('generated column'),
          clear: expect.stringContaining('DROP COLUMN'),
          isFatal: false,
        },
      },
    ],
  },
];

for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: R35 a plan tells all that a start changes, and nothing else, and changes nothing`, async () => {
    const targets = await sharedTargets(engine);
    onTestFinished(() => targets[Symbol.asyncDispose]());
    for (const { name, engines = ENGINES, before = {}, options = {}, fields = FIELDS, ...scenario } of SCENARIOS) {
      if (!engines.includes(engine)) continue;
      const { url } = await targets.create();
      await scenario.prepare?.(url, (had) => startWith(url, had, { ...options, ...before }));
      const found = await schemaAt(url);
      const planned = await planAt(url, fields, options);
      expect(await schemaAt(url), `${name}: after the plan`).toEqual(found);
      for (const change of scenario.expected) {
        expect(planned.changes, name).toContainEqual(expect.objectContaining(change));
      }
      await startWith(url, fields, options);
      const made = await schemaAt(url);
      expect(plannedParts(planned.changes), `${name}: the start`).toEqual(changedParts(found, made));
      const { changes } = await planAt(url, fields, options);
      const left = changes.filter(({ change, obstacle }) => change !== 'overflow' && obstacle === undefined);
      expect(left, `${name}: the next plan`).toEqual([]);
    }
  });
}

function text(name: string): Field {
  return { name, type: 'text' };
}

async function oldTables(url: string): Promise<void> {
  const server = url.startsWith('postgres') ? 'postgres' : 'mariadb';
  const script = `${dbsync2Tables(server, 'mcall_')}\n${dbsync2Rows(server, 'mcall_')}`;
  await databaseAt(url).run(...statementsOf(script).filter((part) => /^\s*(?:CREATE|ALTER|INSERT)/m.test(part)));
}

async function planAt(url: string, fields: readonly Field[], shared: Readonly<Record<string, string>>) {
  const store = await loadStore(url, { shared, onlyLooks: true, copyMayBeMissing: true });
  await store.open({ signal });
  try {
    return (await store.planChanges?.(fields, { signal })) as PlannedChanges;
  } finally {
    await store.close();
  }
}

async function startWith(url: string, fields: readonly Field[], shared: Readonly<Record<string, string>>) {
  const store = await loadStore(url, { shared });
  await store.open({ signal });
  try {
    await store.declareFields(fields, { signal });
  } finally {
    await store.close();
  }
}

/** Returns the names of what a plan wants to make or to widen. A table that is made has its usual columns and indexes. */
function plannedParts(changes: readonly PlannedChange[]): readonly string[] {
  const due = changes.filter(({ change, obstacle }) => change !== 'overflow' && obstacle === undefined);
  const parts = due.flatMap(({ table, column, change, to }): string[] => {
    if (change === 'create-table') return [`made ${table}`];
    if (to === 'an index' || to === 'a unique index') return [`indexed ${table}.${column}`];
    return to === 'the column that is there' ? [] : [`${change === 'add' ? 'made' : 'widened'} ${table}.${column}`];
  });
  return [...new Set(parts)].sort();
}

type Schema = ReadonlyMap<string, string>;

function changedParts(before: Schema, after: Schema): readonly string[] {
  const tables = [...after].filter(([name, type]) => type === 'table' && !before.has(name)).map(([name]) => name);
  const usual = new Set(
    tables.flatMap((name) => {
      const specs = UPSTREAM_COLUMNS[name.replace('mcall_', '') as keyof typeof UPSTREAM_COLUMNS];
      if (specs === undefined) return [...after.keys()].filter((part) => part.startsWith(`${name}.`));
      return specs.map((spec) => `${name}.${spec.name}`);
    }),
  );
  return [...after]
    .filter(([part, type]) => before.get(part) !== type && !usual.has(part))
    .flatMap(([part, type]) => {
      if (type === 'index')
        return tables.some((name) => part.startsWith(`${name}.`)) ? [] : [`indexed ${part.replace(' index', '')}`];
      return [`${before.has(part) ? 'widened' : 'made'} ${part}`];
    })
    .sort();
}
