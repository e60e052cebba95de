import type { HelpPage } from './help-page.js';

const STATUS_OPTIONS: ReadonlySet<string> = new Set([
  'campaign',
  'url',
  'url-file',
  'all',
  'table-prefix',
  'column-types',
  'state-dir',
  'stream',
  'plugin-dir',
  'json',
  'help',
]);

export const statusPage: HelpPage = {
  usage: [
    'dbsync status --campaign ID --url TARGET',
    'dbsync status [--all] --url DATABASE',
    '',
    'Shows which process holds a campaign and since when, how far its copy is behind, the last cycle and listing, dead letters, columns that could not be changed yet, and the rows of each table; for webhook mode the deliveries that wait. It reads the target alone, so it works on any machine that reaches it, beside a running process or without one, and it changes nothing. Without a campaign it shows all campaigns of the database in a table.',
    '',
    'Exit codes: 0 current; 6 late; 7 no process holds it, or one of several campaigns; others as those of a run, such as 3 where the database cannot be reached. Tables of more than 100,000 rows are not counted: their number is an estimate of the database, or the least ("about").',
  ].join('\n'),
  shows: ({ name, group }) => STATUS_OPTIONS.has(name) || group === 'Options of installed sinks',
  examples: [
    ['Is the copy current?', 'dbsync status --c CAMPAIGN --url-file /etc/dbsync/url'],
    ['All campaigns of a database:', 'dbsync status --all --url-file /etc/dbsync/url'],
  ],
  footer: 'Give --table-prefix and options of the sink as the run has them. See docs/monitoring.md.',
};
