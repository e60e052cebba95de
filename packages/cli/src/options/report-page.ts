import type { HelpPage } from './help-page.js';

const REPORT_OPTIONS: ReadonlySet<string> = new Set([
  'campaign',
  'url',
  'url-file',
  'table-prefix',
  'column-types',
  'time-zone',
  'since',
  'until',
  'html',
  'plugin-dir',
  'json',
  'help',
]);

export const reportPage: HelpPage = {
  usage: [
    'dbsync report --html FILE [--time-zone ZONE] [--since DAY] [--until DAY] --url DATABASE',
    '',
    'Draws the calls of a copy as one page of HTML: by hour and by day, with outcomes, agents, inbound calls and contacts, and how far the copy is. The page has no script, needs no network, and has its figures in tables too. --html - writes it to stdout; --json prints the figures, with or without a page.',
    '',
    'The command only reads the database, beside a running process or without one, and changes nothing there. It needs no views, and counts in the same way as the views of dbsync views. The database does the sums. With the indexes for reports it reads only the calls of the period; without them, all calls.',
    '',
    '--since and --until are the first and the last day, in the zone of --time-zone; by default the 30 days up to today. Without --campaign all campaigns of the database count.',
    '',
    'A new FILE can be read by its owner alone, since it names agents. An earlier report is replaced as a whole, and keeps its permissions. Exit codes: as those of a run; 2 correct the command, 3 the database or the file cannot be used.',
  ].join('\n'),
  shows: ({ name, group }) => REPORT_OPTIONS.has(name) || group === 'Options of installed sinks',
  examples: [
    ['The last 30 days:', 'dbsync report --html calls.html --time-zone Europe/Madrid --url-file /etc/dbsync/url'],
    [
      'A month of one campaign:',
      'dbsync report --html may.html --since 2026-05-01 --until 2026-05-31 --c CAMPAIGN --url-file /etc/dbsync/url',
    ],
  ],
  footer: 'Give --table-prefix and options of the sink as the run has them. See docs/reports.md.',
};
