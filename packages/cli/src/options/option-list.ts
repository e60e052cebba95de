import { alertOptionList } from './alert-option-list.js';
import type { CommandOption } from './command-option.js';
import { configOptionList } from './config-option-list.js';
import { fieldOptionList } from './field-option-list.js';
import { mirrorOptionList } from './mirror-option-list.js';
import { outputOptionList } from './output-option-list.js';
import { serviceOptionList } from './service-option-list.js';
import { verifyOptionList } from './verify-option-list.js';
import { webhookOptions } from './webhook-option-list.js';

/** Every option that belongs to no sink. The order is that of the help. */
const ownOptions = {
  mode: {
    old: 'a',
    type: 'text',
    group: 'What to copy',
    values: ['db_init', 'db_update', 'db_sync', 'webhook'],
    help: 'db_init: copy all contacts, then end. db_update: those changed in the last week, then end. db_sync: keep the copy current. webhook: send each new or updated transaction to a web service.',
  },
  campaign: { old: 'c', type: 'text', group: 'What to copy', help: 'Campaign id' },
  token: {
    old: 'ct',
    type: 'text',
    group: 'What to copy',
    sensitive: true,
    help: 'Campaign token; safer in --token-file or DBSYNC_TOKEN, which other users of the machine cannot see',
  },
  'token-file': { type: 'text', path: 'file', group: 'What to copy', help: 'File that holds the campaign token' },
  since: {
    old: 's',
    type: 'text',
    group: 'What to copy',
    mayBeEmpty: true,
    help: 'Start date, or date and time, in UTC: 2024-01-31 or 2024-01-31T12:00:00',
  },
  again: {
    type: 'flag',
    group: 'What to copy',
    help: 'db_init fetches and writes every contact again, also those whose rows are proved to be whole: for values that another program has changed',
  },
  'filter-mode': {
    old: 'fm',
    type: 'text',
    group: 'What to copy',
    values: ['updates_only', 'hi_updates_only'],
    alsoTakes: /^$/,
    mayBeEmpty: true,
    help: 'Only transactions of type update; with hi_updates_only, only those that a person made',
  },
  'filter-prefix': {
    old: 'fp',
    type: 'text',
    group: 'What to copy',
    mayBeEmpty: true,
    separator: ',',
    help: 'Only transactions whose task starts with one of these: fc_,qc_',
  },
  ...fieldOptionList,
  'api-url': {
    type: 'text',
    group: 'What to copy',
    default: 'https://api.dialfire.com',
    help: 'Address of the API, for white labels',
  },
  'api-ca': {
    type: 'text',
    path: 'file',
    group: 'What to copy',
    help: "PEM file of the authorities that may sign the API's certificate; it replaces those of Node.js and of the machine",
  },
  proxy: {
    type: 'text',
    group: 'How',
    mayBeEmpty: true,
    default: 'HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment',
    help: 'HTTP proxy for the API and for webhooks, as http://user:password@host:port; "" for none. Connections to databases do not use it',
  },

  url: {
    type: 'text',
    group: 'Where to',
    sensitive: true,
    help: 'Target: postgres://user:password@host/db, sqlite:FILE, ... Its scheme selects the sink. Safer in --url-file or DBSYNC_URL',
  },
  'url-file': { type: 'text', path: 'file', group: 'Where to', help: 'File that holds the target URL' },
  'table-prefix': {
    old: 'tp',
    type: 'text',
    group: 'Where to',
    mayBeEmpty: true,
    default: 'mcall_',
    help: 'Start of all table names; "" for none',
  },
  'column-types': {
    type: 'text',
    group: 'Where to',
    values: ['native', 'dbsync2', 'text'],
    default: 'native',
    help: 'Types of new columns. native: times, numbers and booleans have their own types; dbsync2: the types of the old client; text: all values are texts, as the API wrote them',
  },
  'max-custom-fields': {
    type: 'whole-number',
    group: 'Where to',
    min: 0,
    max: 10_000,
    default: '100',
    help: 'Largest number of custom fields that get columns; the values of the others are kept in $overflow',
  },
  'no-foreign-keys': {
    type: 'flag',
    group: 'Where to',
    help: 'Declare no foreign keys on the tables that dbsync creates',
  },
  'report-indexes': {
    type: 'flag',
    group: 'Where to',
    default: 'true',
    help: 'Build indexes for reports; false leaves out those that are missing, and drops none',
  },
  'plugin-dir': {
    type: 'text',
    path: 'folder',
    group: 'Where to',
    help: 'Folder whose node_modules is searched for sinks first',
  },

  interval: {
    type: 'whole-number',
    group: 'How',
    min: 1,
    max: 86_400,
    default: '60',
    help: 'Seconds between two cycles of db_sync and webhook',
  },
  'request-concurrency': {
    old: 'w',
    type: 'whole-number',
    group: 'How',
    min: 1,
    max: 256,
    capped: true,
    default: '32',
    help: 'Highest number of requests for contacts at a time',
  },
  'contacts-per-request': {
    type: 'whole-number',
    group: 'How',
    min: 1,
    max: 1_000,
    help: 'Number of contacts in one request; without it the number grows while the API answers quickly',
  },
  lease: {
    type: 'whole-number',
    group: 'How',
    min: 1,
    max: 3_600,
    default: '30',
    help: 'Seconds after which another process may take over, if the process that holds the campaign does not renew its claim',
  },
  'keep-dead-letters': {
    type: 'text',
    group: 'How',
    default: 'all',
    help: 'Time for which db_sync and webhook keep dead letters, such as 90d; after it they are removed, and the log says so',
  },
  ...mirrorOptionList,
  ...configOptionList,
  'state-dir': {
    type: 'text',
    path: 'folder',
    group: 'How',
    default: '/var/lib/dbsync, else ~/.local/state/dbsync; on Windows %LOCALAPPDATA%\\dbsync\\state',
    help: 'Folder for the outboxes of webhook mode; a database keeps its state itself',
  },
  'write-concurrency': {
    old: 'd',
    type: 'whole-number',
    group: 'How',
    help: 'Has no effect, and is accepted so that existing commands work: each sink knows how many writers its database needs',
  },

  ...webhookOptions,

  all: { type: 'flag', group: 'Dead letters', help: 'All of the campaign, instead of keys or ids' },
  'even-if-deleted': {
    type: 'flag',
    group: 'Dead letters',
    help: 'replay: also records of contacts that the campaign has deleted',
  },
  ...verifyOptionList,
  'time-zone': {
    type: 'text',
    group: 'Views',
    help: 'views, report: the zone of local times, such as Europe/Madrid; default: that of the installed views, else UTC',
  },
  html: {
    type: 'text',
    path: 'file',
    group: 'Views',
    help: 'report: the page that is made; - for stdout. It replaces an earlier report, and no other file',
  },
  undo: { type: 'flag', group: 'Forget', help: 'Let the contacts in again that were forgotten by mistake' },

  ...serviceOptionList,

  ...outputOptionList,
  ...alertOptionList,
} as const satisfies Readonly<Record<string, Omit<CommandOption, 'name'>>>;

export type OptionName = keyof typeof ownOptions;

export const optionList: readonly CommandOption[] = Object.entries(ownOptions).map(([name, option]) => ({
  name,
  ...option,
}));

export function optionOf(name: OptionName): CommandOption {
  return { name, ...ownOptions[name] };
}
