// `node scripts/print-column-types.ts` prints docs/column-types.md from the columns and the types of all engines; `npm test` compares.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnKind, EngineTypes, FormerType } from '@dbsync/sql';
import { loadSource } from './sources.ts';

const root = join(import.meta.dirname, '..');

const INTRODUCTION = `# Types of columns

\`--column-types\` says which types new columns get. Existing columns keep theirs. Only texts that
are too narrow grow wider, but not under \`dbsync2\`. Another choice for a copy makes dbsync fetch every contact again.

- \`native\`, the default: times, numbers and booleans as such.
- \`dbsync2\`: the types of the old client, for reports that were written for its tables. Times are texts; booleans in texts are
  \`1\` and \`0\`; \`$changed\` has whole seconds. Nothing grows wider. Where the old client cut or rounded a value, the column has
  what it would have, and the whole value is in \`$overflow\`.
- \`text\`: every value as text, as the API wrote it, but ids.

A value that its column cannot hold exactly is whole in \`$overflow\`. \`$overflow\` and \`$sync\` are dbsync's own. On MariaDB and MySQL
the name behind a type is its collation; in tables of the old client new columns get the collation that their texts have, and texts
are \`mediumtext\`.

This page is printed by \`node scripts/print-column-types.ts\`.
`;

/** The page's names for the kinds of columns, in the order of its tables. */
const KINDS: Readonly<Record<Exclude<ColumnKind, 'integer'>, string>> = {
  key: 'id',
  text: 'text',
  instant: 'time',
  number: 'number',
  boolean: 'boolean',
  json: 'JSON',
};

const FORMER: Readonly<Record<FormerType, string>> = {
  key: 'id',
  short: 'short text',
  long: 'long text',
  text: 'custom text',
  number: 'number',
  boolean: 'boolean',
};

interface ColumnSpec {
  readonly name: string;
  readonly kind: keyof typeof KINDS;
  readonly former: FormerType | null;
}

/** The engines by their name on the page. */
type Engines = Readonly<Record<string, EngineTypes>>;

/** Returns the page for the built packages. */
export async function columnTypesPage(): Promise<string> {
  const engines = await readEngines();
  const { UPSTREAM_COLUMNS } = (await loadSource('sql', 'columns/upstream-columns')) as {
    readonly UPSTREAM_COLUMNS: Readonly<Record<string, readonly ColumnSpec[]>>;
  };
  const kinds = Object.entries(KINDS) as readonly [keyof typeof KINDS, string][];
  const formers = Object.entries(FORMER) as readonly [FormerType, string][];
  const native = kinds.map(([kind, name]) => [name, ...typesOf(engines, (types) => types.declare(kind, 'native'))]);
  const former = formers.map(([type, name]) => [name, ...typesOf(engines, (types) => types.declareFormer(type))]);
  const text = typesOf(engines, (types) => types.declare('number', 'text'));
  const tables = Object.entries(UPSTREAM_COLUMNS).map(([table, specs]) => {
    const custom = table === 'contacts' ? CUSTOM : [];
    const rows = specs.map(({ name, kind, former }) => [
      `\`${name}\``,
      KINDS[kind],
      former === null ? KINDS[kind] : FORMER[former],
    ]);
    return `### ${table}\n\n${markdown(['column', '`native`', '`dbsync2`'], [...rows, ...custom])}`;
  });
  const head = ['', ...Object.keys(engines)];
  return [
    INTRODUCTION,
    `## Types under \`native\`\n\n${markdown(head, native)}`,
    `## Types under \`dbsync2\`\n\n${markdown(head, former)}\n${FORMER_NOTES}`,
    `## Types under \`text\`\n\nIds as under \`native\`, all others as one type:\n\n${markdown(head, [['text', ...text]])}`,
    '## Columns\n\nUnder `text` all columns are texts but the ids.\n',
    ...tables,
    '',
  ].join('\n');
}

const CUSTOM = [
  ['custom field of the type number', 'number', 'number'],
  ['every other custom field', 'text', 'custom text'],
];

const FORMER_NOTES = `Ids differ from the old client's in their collation alone, so that no two of them are one. On SQL Server the old client gave long
texts room for one character, and custom fields no more than the letters of a code page; dbsync gives both \`nvarchar(max)\`.
SQLite had no old client: its types are the closest ones. A column of numbers has none, and keeps long digits as text; in a file
with STRICT tables, which an earlier release made, it is \`ANY\`. \`$sync\` and
\`$overflow\` are as under \`native\`, on MariaDB and MySQL in \`utf16\`.
`;

async function readEngines(): Promise<Engines> {
  const { postgresTypes } = (await loadSource('sink-postgres', 'postgres-types')) as { postgresTypes: EngineTypes };
  const { mysqlTypes } = (await loadSource('sink-mysql', 'mysql-types')) as {
    mysqlTypes: (kind: string) => EngineTypes;
  };
  const mssql = (await loadSource('sink-mssql', 'mssql-types')) as {
    createMssqlTypes: (server: object) => EngineTypes;
  };
  const sqlite = (await loadSource('sink-sqlite', 'sqlite-types')) as {
    createSqliteTypes: (mode: string) => EngineTypes;
  };
  return {
    PostgreSQL: postgresTypes,
    MariaDB: mysqlTypes('mariadb'),
    MySQL: mysqlTypes('mysql'),
    'SQL Server': mssql.createMssqlTypes({ isBabelfish: false }),
    SQLite: sqlite.createSqliteTypes('native'),
  };
}

function typesOf(engines: Engines, typeOf: (types: EngineTypes) => string): string[] {
  return Object.values(engines).map((types) => {
    const type = shortened(typeOf(types));
    return type === '' ? 'none: each as it is' : `\`${type}\``;
  });
}

function shortened(type: string): string {
  return type.replace(/character set \w+ collate /, '');
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

if (import.meta.main) {
  const page = join(root, 'docs', 'column-types.md');
  writeFileSync(page, await columnTypesPage());
  console.log(`Wrote ${page}.`);
}
