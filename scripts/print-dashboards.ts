// `node scripts/print-dashboards.ts` makes the dashboards of examples/grafana and the questions of examples/metabase from
// examples/reports, so that no query is written twice. `npm test` compares. `npm run fix` formats the files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLES, type ReportQuestion, reportQuestions, withConditions } from './report-questions.ts';

/** The made files, by their path in `examples`. */
export function dashboardFiles(): Readonly<Record<string, object>> {
  const questions = reportQuestions();
  return {
    'grafana/dashboard.json': dashboard('PostgreSQL', 'grafana-postgresql-datasource', questions),
    'grafana/dashboard-mysql.json': dashboard('MySQL', 'mysql', questions),
    'metabase/questions.json': { collection: 'Call centre', questions: questions.map(metabaseQuestion) },
  };
}

/** Returns the query for the time range of a dashboard, with the prefix of its tables as a variable. Contacts are shown as they are now. */
export function grafanaQuery(query: string): string {
  return withConditions(query, (column, bound) => {
    const raw = `$__timeFilter(${column}_raw)`;
    return `$__timeFilter(${column}_at) AND ${bound.includes('IS NULL') ? `(${raw} OR ${column}_raw IS NULL)` : raw}`;
  }).replaceAll('mcall_', `\${prefix:raw}`);
}

/** Returns the query for all days. */
export function metabaseQuery(query: string): string {
  return withConditions(query, (column) => `${column}_day IS NOT NULL`);
}

/** The grid of a dashboard is 24 wide; two panels stand side by side. */
const [WIDTH, HEIGHT] = [12, 9];

function dashboard(engine: string, plugin: string, questions: readonly ReportQuestion[]): object {
  const datasource = { type: plugin, uid: `\${datasource}` };
  return {
    uid: `dbsync-${engine.toLowerCase()}`,
    title: `Call centre (${engine})`,
    description: 'The reports of examples/reports over the views of dbsync.',
    tags: ['dbsync'],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '1m',
    time: { from: 'now-30d', to: 'now' },
    timezone: 'utc',
    templating: {
      list: [
        { name: 'datasource', label: 'Database', type: 'datasource', query: plugin, refresh: 1 },
        {
          ...{ name: 'prefix', label: 'Table prefix', type: 'textbox', query: 'mcall_' },
          current: { text: 'mcall_', value: 'mcall_' },
        },
      ],
    },
    panels: questions.map((question, at) => ({
      id: at + 1,
      title: question.title,
      description: question.question,
      datasource,
      gridPos: { x: (at % 2) * WIDTH, y: Math.floor(at / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
      targets: [
        {
          ...{ refId: 'A', datasource, format: 'table', editorMode: 'code', rawQuery: true },
          rawSql: grafanaQuery(question.query),
        },
      ],
      ...panelLook(question),
    })),
  };
}

function panelLook({ drawn }: ReportQuestion): object {
  if (drawn.as === 'table') return { type: 'table', options: { showHeader: true, cellHeight: 'sm' } };
  // A bar chart takes texts and times below its bars, and no numbers.
  const conversions = [{ targetField: drawn.over, destinationType: 'string' }];
  const isNumber = drawn.over.endsWith('_hour');
  return {
    type: 'barchart',
    ...(isNumber && { transformations: [{ id: 'convertFieldType', options: { fields: {}, conversions } }] }),
    options: {
      ...{ xField: drawn.over, orientation: 'auto', stacking: 'none', showValue: 'never' },
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom' },
      tooltip: { mode: 'multi', sort: 'none' },
    },
    fieldConfig: {
      defaults: { custom: { fillOpacity: 80 } },
      // The chart shows its own columns alone; a query may have more.
      overrides: [
        {
          matcher: { id: 'byRegexp', options: `^(?!(${[drawn.over, ...drawn.columns].join('|')})$)` },
          properties: [{ id: 'custom.hideFrom', value: { viz: true, legend: true, tooltip: false } }],
        },
      ],
    },
  };
}

function metabaseQuestion({ title, question, query, drawn }: ReportQuestion): object {
  const look =
    drawn.as === 'table'
      ? { display: 'table', settings: {} }
      : { display: 'bar', settings: { 'graph.dimensions': [drawn.over], 'graph.metrics': drawn.columns } };
  return { name: title, description: question, query: metabaseQuery(query), ...look };
}

if (import.meta.main) {
  for (const [path, contents] of Object.entries(dashboardFiles())) {
    writeFileSync(join(EXAMPLES, path), `${JSON.stringify(contents, null, 2)}\n`);
    console.log(`Wrote examples/${path}.`);
  }
}
