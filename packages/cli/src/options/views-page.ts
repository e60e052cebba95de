import type { HelpPage } from './help-page.js';

const VIEWS_OPTIONS: ReadonlySet<string> = new Set([
  'url',
  'url-file',
  'table-prefix',
  'column-types',
  'time-zone',
  'plugin-dir',
  'json',
  'help',
]);

export const viewsPage: HelpPage = {
  usage: [
    'dbsync views install [--time-zone ZONE] --url DATABASE',
    'dbsync views show [--time-zone ZONE] --url DATABASE',
    'dbsync views drop --url DATABASE',
    '',
    'Views show the tables of a copy with plain names, times of the call centre and seconds, the same columns on every engine: v_calls, v_inbound, v_transactions, v_agents_by_hour, v_contacts_now and v_contacts_wide, each behind the table prefix. install makes them, or brings them up to date; a run keeps them up to date with the tables from then on. show prints their statements and whether they are there. drop removes them. Objects of other programs stay as they are.',
    '',
    'The command reads or writes the database alone, beside a running process or without one. It needs the right to make views there.',
  ].join('\n'),
  shows: ({ name, group }) => VIEWS_OPTIONS.has(name) || group === 'Options of installed sinks',
  examples: [
    ['Make them:', 'dbsync views install --time-zone Europe/Madrid --url-file /etc/dbsync/url'],
    ['See the statements first:', 'dbsync views show --time-zone Europe/Madrid --url-file /etc/dbsync/url'],
  ],
  footer: 'Give --table-prefix and options of the sink as the run has them. See docs/reports.md.',
};
