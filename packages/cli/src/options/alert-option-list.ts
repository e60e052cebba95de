import type { CommandOption } from './command-option.js';

/** Options for alerts and for a monitor that expects calls. */
export const alertOptionList = {
  'alert-url': {
    type: 'text',
    group: 'Logs and output',
    sensitive: true,
    help: 'URL that gets a POST when the copy is late, when dbsync cannot continue, when a record becomes a dead letter, and when dbsync has recovered; at most one of each kind per hour. Safer in --alert-url-file or DBSYNC_ALERT_URL',
  },
  'alert-url-file': {
    type: 'text',
    path: 'file',
    group: 'Logs and output',
    help: 'File that holds the URL of --alert-url',
  },
  'alert-secret-file': {
    type: 'text',
    path: 'file',
    group: 'Logs and output',
    help: 'File with the whsec_... secrets that sign alerts, one on each line',
  },
  'alert-command': {
    type: 'text',
    path: 'file',
    group: 'Logs and output',
    help: 'Program that is run for each alert, without a shell: DBSYNC_ALERT_KIND, _CODE, _TEXT and _CAMPAIGN in its environment, JSON on its stdin',
  },
  'healthcheck-url': {
    type: 'text',
    group: 'Logs and output',
    sensitive: true,
    help: 'URL that gets a GET after each cycle while the copy is current, for healthchecks.io or Uptime Kuma. Safer in --healthcheck-url-file or DBSYNC_HEALTHCHECK_URL',
  },
  'healthcheck-url-file': {
    type: 'text',
    path: 'file',
    group: 'Logs and output',
    help: 'File that holds the URL of --healthcheck-url',
  },
} as const satisfies Readonly<Record<string, Omit<CommandOption, 'name'>>>;
