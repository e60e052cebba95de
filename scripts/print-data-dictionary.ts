// `node scripts/print-data-dictionary.ts` prints docs/data-dictionary.md and files of examples/dbt from the words of the columns, which
// are the comments in databases too; `npm test` compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DbtPackage, type DbtSources, dbtFiles, dbtPackage } from './dbt-package.ts';
import { type ColumnSpec, FORMER_NAMES, KIND_NAMES, markdown, typesTable } from './print-column-types.ts';
import { loadSource } from './sources.ts';

const root = join(import.meta.dirname, '..');

const INTRODUCTION = `# Data dictionary

This page lists all tables and views of a copy, with the meaning of each column. It leaves out the prefix of the tables
(\`--table-prefix\`, \`mcall_\` by default). The database has the same texts as comments: see [comments](databases.md#comments).

The documentation of the API gives the names of the fields, but for most of them no meaning. The meanings on this page come from the names, from
the old client, and from the public documentation of the API. Values with a question mark come from dbsync's own tests: no answer of the API has
shown them yet. A campaign may have other values, because its owner defines the statuses.

This page is printed by \`node scripts/print-data-dictionary.ts\`.
`;

const TYPES = `## Types

New columns get these types by default (\`--column-types native\`). [Types of columns](column-types.md) explains the other choices. A column
that another program made before keeps its type.
`;

const VIEW_TYPES = `The views have the same columns on every engine. Their times have no zone: they are \`timestamp\` on PostgreSQL, \`datetime(3)\` on MariaDB and
MySQL, \`datetime2(3)\` on SQL Server, and texts such as \`2026-03-29 01:00:00.000\` on SQLite. A text in a view has the same type as in its
table, and so has \`started_raw\`. [Reports](reports.md) explains how to install the views.
`;

interface Link {
  readonly column: string;
  readonly parent: string;
  readonly declared: boolean;
}

interface Sources extends DbtSources {
  readonly PARENT_COLUMNS: Readonly<Record<string, Link>>;
  readonly SYNC_TABLES: Readonly<Record<string, { readonly columns: readonly Pick<ColumnSpec, 'name' | 'kind'>[] }>>;
  meaningOf(table: string, column: string): string | null;
  unitOf(table: string, column: string, kind: string | null): string | null;
  valuesOf(table: string, column: string): { readonly sure?: readonly string[]; readonly assumed?: readonly string[] };
}

/** Returns the page for the sources of the packages. */
export async function dataDictionaryPage(): Promise<string> {
  const sources = await readSources();
  const { DICTIONARY, SYNC_TABLES, UPSTREAM_COLUMNS } = sources;
  const rowTables = Object.keys(UPSTREAM_COLUMNS).map((table) => rowTable(sources, table));
  const syncTables = Object.keys(SYNC_TABLES).map((table) => syncTable(sources, table));
  const views = Object.keys(DICTIONARY).filter((table) => table.startsWith('v_'));
  return [
    INTRODUCTION,
    `${TYPES}\n${await typesTable('native')}`,
    `## How the tables belong together\n\n${diagram(sources)}`,
    readFileSync(join(import.meta.dirname, 'data-dictionary-traps.txt'), 'utf8'),
    '## Tables of the campaign\n',
    ...rowTables,
    `## Views\n\n${VIEW_TYPES}`,
    ...views.map((view) => viewTable(sources, view)),
    '## Tables of dbsync\n\nOther programs may read these tables. They must not change anything in them.\n',
    ...syncTables,
  ].join('\n');
}

/** Returns the dbt package for the sources of the packages. */
export async function printedDbtPackage(): Promise<DbtPackage> {
  return dbtPackage(await readSources());
}

async function readSources(): Promise<Sources> {
  return {
    ...(await loadSource<Sources>('sql', 'words/dictionary')),
    ...(await loadSource<Sources>('sql', 'columns/upstream-columns')),
    ...(await loadSource<Sources>('sql', 'schema/create-tables')),
  };
}

function rowTable(sources: Sources, table: string): string {
  const rows = (sources.UPSTREAM_COLUMNS[table] ?? []).map(({ name, kind, former, isLate = false }) => [
    `\`${name}\``,
    KIND_NAMES[kind],
    isLate ? 'none' : former === null ? KIND_NAMES[kind] : FORMER_NAMES[former],
    ...wordsOf(sources, table, name, kind),
  ]);
  const custom = [
    ['custom field of the type number', 'number', 'number', '', 'Field that the owner of the campaign made.', ''],
    ['other custom field', 'text', 'custom text', '', 'Field that the owner of the campaign made.', ''],
  ];
  const head = ['column', 'type', 'under `dbsync2`', 'unit or zone', 'meaning', 'known values'];
  return section(sources, table, markdown(head, [...rows, ...(table === 'contacts' ? custom : [])]));
}

function syncTable(sources: Sources, table: string): string {
  const rows = (sources.SYNC_TABLES[table]?.columns ?? []).map(({ name, kind }) => [
    `\`${name}\``,
    KIND_NAMES[kind],
    ...wordsOf(sources, table, name, kind),
  ]);
  return section(sources, table, markdown(['column', 'type', 'unit or zone', 'meaning', 'known values'], rows));
}

function viewTable(sources: Sources, view: string): string {
  const names = Object.keys(sources.DICTIONARY[view]?.columns ?? {});
  const rows = names.map((name) => [`\`${name}\``, viewType(name), ...wordsOf(sources, view, name, null)]);
  const custom =
    view === 'v_contacts_wide' ? [['custom fields', 'as in `contacts`', '', 'Each by its own name.', '']] : [];
  return section(
    sources,
    view,
    markdown(['column', 'type', 'unit or zone', 'meaning', 'known values'], [...rows, ...custom]),
  );
}

const WHOLE =
  /^(started_hour|fired_hour|recordings|answered|transactions|successes|calls|answered_calls|attempts|days_untouched)$/;

function viewType(column: string): string {
  if (/_(at|local)$/.test(column)) return 'time';
  if (column.endsWith('_day')) return 'date';
  if (column.endsWith('_sec')) return 'number';
  if (column.endsWith('_raw')) return 'as in the table';
  return WHOLE.test(column) ? 'whole number' : 'text';
}

function section({ DICTIONARY }: Sources, table: string, columns: string): string {
  return `### ${table}\n\n${DICTIONARY[table]?.means ?? ''}\n\n${columns}`;
}

/** Returns unit, meaning and values of a column, for a table of the page. */
function wordsOf(sources: Sources, table: string, column: string, kind: string | null): readonly string[] {
  const { sure = [], assumed = [] } = sources.valuesOf(table, column);
  const values = [...sure.map((value) => `\`${value}\``), ...assumed.map((value) => `\`${value}\` ?`)];
  return [sources.unitOf(table, column, kind) ?? '', sources.meaningOf(table, column) ?? '', values.join(', ')];
}

/** Draws the references between the tables. A contact of an inbound call may be missing. */
function diagram({ DICTIONARY, PARENT_COLUMNS }: Sources): string {
  const links = Object.entries(PARENT_COLUMNS).map(
    ([table, { column, parent, declared }]) => `  ${parent} ${declared ? '||' : '|o'}--o{ ${table} : ${column}`,
  );
  const joined = '  connections |o--o{ connections : parent_connection_id';
  const keys = ['contacts', ...Object.keys(PARENT_COLUMNS)].map((table) => {
    const [key = ''] = Object.keys(DICTIONARY[table]?.columns ?? {});
    return `  ${table} {\n    id ${key.replace('$', '_')} PK\n  }`;
  });
  return ['```mermaid', 'erDiagram', ...links, joined, ...keys, '```', ''].join('\n');
}

if (import.meta.main) {
  const page = join(root, 'docs', 'data-dictionary.md');
  writeFileSync(page, await dataDictionaryPage());
  const files = dbtFiles(await printedDbtPackage());
  for (const [path, text] of files) writeFileSync(join(root, 'examples/dbt', path), text);
  console.log(`Wrote ${page} and ${files.size} files of examples/dbt.`);
}
