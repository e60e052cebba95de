// `node scripts/print-column-types.ts` prints docs/column-types.md from the columns and the types of all engines; `npm test` compares.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnKind, EngineTypes, FormerType } from '@dbsync/sql';
import { loadSource } from './sources.ts';

const root = join(import.meta.dirname, '..');

const INTRODUCTION = `# Types of columns

\`--column-types\` chooses the types of new columns. Existing columns keep their types, with one exception: dbsync widens columns of
text that are too narrow, except under \`dbsync2\`. When you change the choice for a copy, dbsync fetches every contact again.

- \`native\`, the default: times, numbers and booleans have types of their own. The [data dictionary](data-dictionary.md#types) lists
  them.
- \`dbsync2\`: the types of the old client, for reports that were written for its tables. Times are texts; booleans in texts are
  \`1\` and \`0\`; \`$changed\` has whole seconds. dbsync widens no column. Where the old client cut or rounded a value, the column has the
  value that the old client would have written, and \`$overflow\` has the whole value. dbsync does not create columns that the old client did not have
  (\`none\` in the data dictionary): their values are in \`$overflow\`. Tables that the old client made never get these columns, under any choice.
- \`text\`: every value is a text, as the API wrote it. Only ids have the same type as under \`native\`.

When a column cannot hold a value exactly, the whole value is in \`$overflow\`. The columns \`$overflow\`, \`$sync\` and \`$deleted_at\` are dbsync's
own. On MariaDB and MySQL the name after a type is its collation. New columns in tables of the old client get the collation that the texts of
these tables have, and new texts are \`mediumtext\`. The [data dictionary](data-dictionary.md#tables-of-the-campaign) says which column has which
of these types.

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
    `## Types under \`text\`\n\nIds have the types of \`native\`. All other columns have this type:\n\n${markdown(head, [['text', ...text]])}`,
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

const FORMER_NOTES = `Ids have the types of the old client, but another collation: with it the database never takes two different ids for the same one. On SQL
Server the long texts of the old client could hold one character, and its custom fields only the letters of one code page; dbsync makes both
\`nvarchar(max)\`. The old client did not support SQLite, so dbsync takes the closest types there. A column of numbers has no type on SQLite,
and keeps numbers with many digits as text; in a file with STRICT tables, which an earlier release made, its type is \`ANY\`. \`$sync\` and
\`$overflow\` have the same types as under \`native\`; on MariaDB and MySQL their character set is \`utf16\`.
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
    return type === '' ? 'no type: each value as it is' : `\`${type}\``;
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
