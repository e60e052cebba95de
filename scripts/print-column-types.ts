// `node scripts/print-column-types.ts` prints docs/column-types.md from the columns and the types of all engines; `npm test` compares.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnKind, EngineTypes, FormerType } from '@dbsync/sql';
import { loadSource } from './sources.ts';

const root = join(import.meta.dirname, '..');

const INTRODUCTION = `# Types of columns

\`--column-types\` says which types new columns get. Existing columns keep theirs. Only texts that
are too narrow grow wider, but not under \`dbsync2\`. Another choice for a copy makes dbsync fetch every contact again.

- \`native\`, the default: times, numbers and booleans as such. The [data dictionary](data-dictionary.md#types) has the types.
- \`dbsync2\`: the types of the old client, for reports that were written for its tables. Times are texts; booleans in texts are
  \`1\` and \`0\`; \`$changed\` has whole seconds. Nothing grows wider. Where the old client cut or rounded a value, the column has
  what it would have, and the whole value is in \`$overflow\`. Columns that the old client did not have are not made (\`none\`): their
  values are in \`$overflow\`. Tables of the old client get none of them either, whatever the choice.
- \`text\`: every value as text, as the API wrote it, but ids.

A value that its column cannot hold exactly is whole in \`$overflow\`. \`$overflow\`, \`$sync\` and \`$deleted_at\` are dbsync's own. On MariaDB and MySQL
the name behind a type is its collation; in tables of the old client new columns get the collation that their texts have, and texts
are \`mediumtext\`. The [data dictionary](data-dictionary.md#tables-of-the-campaign) says which column has which of these types. Under \`text\`
all columns are texts but the ids.

This page is printed by \`node scripts/print-column-types.ts\`.
`;

/** The names of the kinds of columns, in the order of the tables of types. */
export const KIND_NAMES: Readonly<Record<ColumnKind, string>> = {
  key: 'id',
  text: 'text',
  instant: 'time',
  number: 'number',
  boolean: 'boolean',
  json: 'JSON',
  integer: 'counter',
};

export const FORMER_NAMES: Readonly<Record<FormerType, string>> = {
  key: 'id',
  short: 'short text',
  long: 'long text',
  text: 'custom text',
  number: 'number',
  boolean: 'boolean',
};

export interface ColumnSpec {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly former: FormerType | null;
  readonly isLate?: true;
}

/** The engines by their name on the page. */
type Engines = Readonly<Record<string, EngineTypes>>;

/** Returns the page for the sources of the packages. */
export async function columnTypesPage(): Promise<string> {
  const engines = await readEngines();
  const text = typesOf(engines, (types) => types.declare('number', 'text'));
  const head = ['', ...Object.keys(engines)];
  return [
    INTRODUCTION,
    `## Types under \`dbsync2\`\n\n${await typesTable('dbsync2')}\n${FORMER_NOTES}`,
    `## Types under \`text\`\n\nIds as under \`native\`, all others as one type:\n\n${markdown(head, [['text', ...text]])}`,
  ].join('\n');
}

/** Returns the table of types on each engine. */
export async function typesTable(mode: 'native' | 'dbsync2'): Promise<string> {
  const engines = await readEngines();
  const kinds = Object.entries(KIND_NAMES) as readonly [ColumnKind, string][];
  const formers = Object.entries(FORMER_NAMES) as readonly [FormerType, string][];
  const rows =
    mode === 'native'
      ? kinds.map(([kind, name]) => [name, ...typesOf(engines, (types) => types.declare(kind, 'native'))])
      : formers.map(([type, name]) => [name, ...typesOf(engines, (types) => types.declareFormer(type))]);
  return markdown(['', ...Object.keys(engines)], rows);
}

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

/** Returns a table of Markdown. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

if (import.meta.main) {
  const page = join(root, 'docs', 'column-types.md');
  writeFileSync(page, await columnTypesPage());
  console.log(`Wrote ${page}.`);
}
