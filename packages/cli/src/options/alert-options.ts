import { CliError } from '../cli-error.js';
import type { CheckedValues } from './checked-values.js';
import type { CommandOption } from './command-option.js';

/** Options for alerts and for a monitor that expects calls. */
export const alertOptionList = {
  'alert-url': {
    type: 'text',
    group: 'Logs and output',
    sensitive: true,
    help: 'URL that gets a POST when the copy is late, when dbsync is unable to go on, at a dead letter, and when it has recovered; at most one of each an hour. Safer in --alert-url-file or DBSYNC_ALERT_URL',
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
    help: 'File with the whsec_... secrets that sign alerts, one a line',
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

/** The ways by which a run reports trouble. null: not wanted. */
export interface AlertOptions {
  readonly url: string | null;
  readonly secretFile: string | null;
  readonly command: string | null;
  readonly healthcheckUrl: string | null;
}

export function alertOptions(checked: CheckedValues): AlertOptions {
  return {
    url: urlOf(checked, 'alert-url'),
    secretFile: checked.text('alert-secret-file'),
    command: checked.text('alert-command'),
    healthcheckUrl: urlOf(checked, 'healthcheck-url'),
  };
}

/** The URL is a secret, so the message does not show it. */
function urlOf(checked: CheckedValues, name: 'alert-url' | 'healthcheck-url'): string | null {
  const text = checked.text(name)?.trim() ?? null;
  if (text === null) return null;
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return text;
  throw new CliError('CLI_OPTION_VALUE', `--${name} takes an address that begins with https:// or http://.`);
}
