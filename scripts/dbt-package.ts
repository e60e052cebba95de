import type { ColumnSpec } from './print-column-types.ts';

/** The words and columns of which the dbt package is made. */
export interface DbtSources {
  readonly DICTIONARY: Readonly<
    Record<string, { readonly means: string; readonly columns: Readonly<Record<string, string>> }>
  >;
  readonly UPSTREAM_COLUMNS: Readonly<Record<string, readonly ColumnSpec[]>>;
  columnComment(table: string, column: string, kind: string | null): string | null;
}

/** A generic test of dbt on a column. */
export type DbtTest = 'unique' | 'not_null' | { readonly to: string; readonly field: string };

export interface DbtColumn {
  readonly name: string;
  readonly description: string;
  readonly tests: readonly DbtTest[];
}

/** A model or a table of the source. */
export interface DbtTable {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly DbtColumn[];
  /** Null: it is a table of the source, or its SQL is written by hand. */
  readonly sql: string | null;
}

export interface DbtPackage {
  readonly source: readonly DbtTable[];
  readonly staging: readonly DbtTable[];
  readonly reports: readonly DbtTable[];
}

/** Returns the tables and models of examples/dbt. */
export function dbtPackage(sources: DbtSources): DbtPackage {
  const { DICTIONARY, UPSTREAM_COLUMNS, columnComment } = sources;
  const source = Object.keys(DICTIONARY)
    .filter((table) => table in UPSTREAM_COLUMNS || table.startsWith('v_'))
    .map((table): DbtTable => {
      const specs = UPSTREAM_COLUMNS[table];
      const named = specs ?? Object.keys(DICTIONARY[table]?.columns ?? {}).map((name) => ({ name, kind: null }));
      const columns = named.map(({ name, kind }, index): DbtColumn => {
        const tests: DbtTest[] = index === 0 && specs !== undefined ? ['unique', 'not_null'] : [];
        return { name, description: columnComment(table, name, kind) ?? '', tests };
      });
      return { name: table, description: DICTIONARY[table]?.means ?? '', columns, sql: null };
    });
  const staging = Object.entries(UPSTREAM_COLUMNS).map(([table, specs]) => stagingModel(sources, table, specs));
  return { source, staging, reports: REPORTS };
}

/** Columns that only dbsync and the API need. */
const LEFT_OUT = new Set(['$md5', '$version', '$sync', '$overflow']);

/** Names of columns that are no good names in SQL. */
const RENAMED: Readonly<Record<string, string>> = {
  user: 'agent',
  user_loginName: 'agent_login',
  user_branch: 'agent_branch',
  user_tenantAlias: 'agent_tenant',
  isHI: 'is_human',
  isThirdPartyConnection: 'is_third_party',
  duration: 'duration_sec',
};

const REFERENCES: Readonly<Record<string, Readonly<Record<string, DbtTest>>>> = {
  transactions: { contact_id: { to: 'stg_contacts', field: 'contact_id' } },
  connections: {
    transaction_id: { to: 'stg_transactions', field: 'transaction_id' },
    parent_connection_id: { to: 'stg_connections', field: 'connection_id' },
  },
  recordings: { connection_id: { to: 'stg_connections', field: 'connection_id' } },
};

function stagingModel(
  { DICTIONARY, columnComment }: DbtSources,
  table: string,
  specs: readonly ColumnSpec[],
): DbtTable {
  const kept = specs.filter(({ name }) => !LEFT_OUT.has(name));
  const key = `${table.replace(/s$/, '')}_id`;
  const columns = kept.map(({ name, kind }, index): DbtColumn & { readonly from: string } => {
    const staged = index === 0 ? key : stagedName(name, kind);
    const reference = REFERENCES[table]?.[staged];
    const tests: readonly DbtTest[] = index === 0 ? ['unique', 'not_null'] : reference === undefined ? [] : [reference];
    const comment = columnComment(table, name, kind) ?? '';
    if (name !== 'duration') return { name: staged, description: comment, tests, from: `"${name}"` };
    return { name: staged, description: comment.replace('milliseconds', 'seconds'), tests, from: `"${name}" / 1000.0` };
  });
  const listed = columns.map(({ name, from }) => `  ${from} as ${name}`).join(',\n');
  const sql = `select\n${listed}\nfrom {{ source('dbsync', '${table}') }}\n`;
  return { name: `stg_${table}`, description: DICTIONARY[table]?.means ?? '', columns, sql };
}

function stagedName(name: string, kind: ColumnSpec['kind']): string {
  const plain = RENAMED[name] ?? name.replace('$', '');
  return kind === 'instant' && !plain.endsWith('_at') ? `${plain.replace(/_(date|time)$/, '')}_at` : plain;
}

const keyOf = (name: string, description: string): DbtColumn => ({ name, description, tests: ['not_null'] });
const sumOf = (name: string, description: string): DbtColumn => ({ name, description, tests: [] });

const REPORTS: readonly DbtTable[] = [
  {
    name: 'calls_by_day',
    description: 'One row for each campaign and local day with calls.',
    sql: null,
    columns: [
      sumOf('campaign_id', 'Campaign.'),
      keyOf('day', 'Day in the zone of --time-zone.'),
      sumOf('calls', 'Number of calls that were started on the day.'),
      sumOf('answered_calls', 'Number of those that were answered.'),
      sumOf('talk_sec', 'Sum of their talk times. In seconds.'),
    ],
  },
  {
    name: 'agents_by_day',
    description: 'One row for each agent, campaign and local day on which the agent worked.',
    sql: null,
    columns: [
      keyOf('agent', 'Name of the agent.'),
      sumOf('campaign_id', 'Campaign.'),
      keyOf('day', 'Day in the zone of --time-zone.'),
      sumOf('transactions', 'Number of transactions.'),
      sumOf('successes', 'Number of those with the status success.'),
      sumOf('calls', 'Number of calls.'),
      sumOf('talk_sec', 'Sum of the talk times. In seconds.'),
    ],
  },
];

/** Returns the files of the package that are printed, by their paths below examples/dbt. */
export function dbtFiles({ source, staging, reports }: DbtPackage): ReadonlyMap<string, string> {
  const head = '# Printed by `node scripts/print-data-dictionary.ts` from the words of the columns.\nversion: 2\n';
  const models = (tables: readonly DbtTable[]) =>
    `${head}models:\n${tables.map((table) => yamlOf(table, '  ')).join('')}`;
  const schema = ["schema: \"{{ var('dbsync_schema', 'public') }}\"", 'tables:']
    .map((line) => `    ${line}\n`)
    .join('');
  const tables = source.map((table) => yamlOf(table, '      ', `"{{ var('dbsync_prefix', 'mcall_') }}${table.name}"`));
  return new Map([
    [
      'models/sources.yml',
      `${head}sources:\n  - name: dbsync\n    description: The copy that dbsync keeps.\n${schema}${tables.join('')}`,
    ],
    ['models/staging/staging.yml', models(staging)],
    ['models/reports/reports.yml', models(reports)],
    ...staging.map(({ name, sql }): [string, string] => [`models/staging/${name}.sql`, sql ?? '']),
  ]);
}

/** @param identifier of a table of the source, whose columns have names that need quotes */
function yamlOf({ name, description, columns }: DbtTable, indent: string, identifier?: string): string {
  const lines = [
    `${indent}- name: ${name}`,
    ...(identifier === undefined ? [] : [`${indent}  identifier: ${identifier}`]),
    `${indent}  description: ${quoted(description)}`,
    `${indent}  columns:`,
    ...columns.flatMap((column) => [
      `${indent}    - name: ${JSON.stringify(column.name)}`,
      ...(identifier === undefined ? [] : [`${indent}      quote: true`]),
      `${indent}      description: ${quoted(column.description)}`,
      ...(column.tests.length === 0 ? [] : [`${indent}      data_tests:`]),
      ...column.tests.flatMap((test) => testLines(test).map((line) => `${indent}        ${line}`)),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Quotes a text as the formatter of this repository does. */
function quoted(text: string): string {
  return text.includes('"') && !text.includes("'") ? `'${text}'` : JSON.stringify(text);
}

function testLines(test: DbtTest): readonly string[] {
  if (typeof test === 'string') return [`- ${test}`];
  return ['- relationships:', '    arguments:', `      to: ref('${test.to}')`, `      field: ${test.field}`];
}
