import type { CommandOption } from './command-option.js';
import type { HelpPage } from './help-page.js';

const RUN_GROUPS: ReadonlySet<CommandOption['group']> = new Set([
  'What to copy',
  'Where to',
  'Options of installed sinks',
]);
const NOT_OF_COPIES: ReadonlySet<string> = new Set(['mode', 'again']);

function isOfCopy({ name, group }: CommandOption): boolean {
  return (RUN_GROUPS.has(group) && !NOT_OF_COPIES.has(name)) || name === 'json' || name === 'help';
}

const VERIFY_TOO: ReadonlySet<string> = new Set(['contact', 'allow']);

export const verifyPage: HelpPage = {
  usage: [
    'dbsync verify [--contact ID] [--deep] [--repair] [--drop-gone] --campaign ID --token TOKEN --url TARGET',
    '',
    'Compares the copy in a database with the campaign, beside a running daemon or without one, and changes nothing. It finds contacts that are missing or of another version, rows below them that are gone or were added by another program, rows without a parent, and inbound calls that are missing or have other values. It needs one request for each 1,000 contacts. A difference counts only if a second comparison finds it too. Only --deep finds values that another program changed while the $md5 stayed the same.',
    '',
    '--deep fetches each contact and compares every row and cell, which takes about as long as a first copy. It names table, id and column, with what the API has and what the copy has. Give the filter, the rules for fields and the column types of the run.',
    '',
    '--repair fetches the contacts that differ again, and compares them again. The daemon fetches them; if none runs, the command does it at once.',
    '',
    '--drop-gone asks first, and then deletes the rows of contacts that the campaign no longer has, and rows without a parent. If they are more than 5 % of the copy, give --allow with their number. Exit codes: 0 no differences; 5 differences are left; 8 neither side has the contact of --contact; others as those of a run.',
  ].join('\n'),
  shows: (option) =>
    (isOfCopy(option) && option.name !== 'since') || option.group === 'Verify' || VERIFY_TOO.has(option.name),
  examples: [
    [
      'See whether the copy is complete:',
      'dbsync verify --c CAMPAIGN --token-file /etc/dbsync/token --url-file /etc/dbsync/url',
    ],
    ['Repair it:', 'dbsync verify --repair --c CAMPAIGN --token-file /etc/dbsync/token --url-file /etc/dbsync/url'],
  ],
  footer: 'Give --table-prefix and options of the sink as the run has them. See docs/verifying.md.',
};

export const refetchPage: HelpPage = {
  usage: [
    'dbsync refetch CONTACT... --campaign ID --token TOKEN --url TARGET',
    'dbsync refetch --since TIME --campaign ID --token TOKEN --url TARGET',
    'dbsync refetch --all --campaign ID --token TOKEN --url TARGET',
    '',
    'Fetches and writes contacts again, even if the copy has them already: the named contacts, those that changed since a time, or all; with --since and --all, inbound calls too. The process that holds the campaign does it within its next cycle, and the command waits for that; if no process runs, the command does it at once.',
  ].join('\n'),
  shows: (option) => isOfCopy(option) || option.name === 'all',
  examples: [
    [
      'A value was changed by hand:',
      'dbsync refetch 3HN9KDGRSTZVRAYQ --c CAMPAIGN --token-file /etc/dbsync/token --url-file /etc/dbsync/url',
    ],
  ],
  footer: 'Give the options of the run: the rows follow the same filter, rules and types.',
};

const EXPLAIN_TOO: ReadonlySet<string> = new Set(['state-dir', 'stream', 'log-dir']);

export const explainPage: HelpPage = {
  usage: [
    'dbsync explain ID --campaign ID --token TOKEN --url TARGET',
    '',
    'Shows what the campaign and the target have of one contact, beside a running daemon or without one, and changes nothing. ID is the id of a contact, or of a transaction, a connection, a recording or an inbound call that the database holds. The first line says what is wrong and what to do. Below it are the differences, cell by cell, the time of the last write and its run, dead letters, and whether the filter, --since or a deletion is the reason why records are missing. In webhook mode it shows which messages were delivered and when, which wait, and which were given up; ID is then the id of a contact or a transaction.',
    '',
    'Give the filter, the rules for fields and the column types of the run. A difference counts only if a second comparison finds it too. Logs at --log-level debug name each contact that was written: explain searches the logs of this machine.',
    '',
    'Exit codes: 0 nothing is wrong; 5 the target lacks something; 8 no record has the id; others as those of a run.',
  ].join('\n'),
  shows: (option) => (isOfCopy(option) && option.name !== 'since') || EXPLAIN_TOO.has(option.name),
  examples: [
    [
      'A call is missing:',
      'dbsync explain 3HN9KDGRSTZVRAYQ --c CAMPAIGN --token-file /etc/dbsync/token --url-file /etc/dbsync/url',
    ],
  ],
  footer: 'Give --table-prefix and options of the sink as the run has them. See docs/verifying.md.',
};

export const planPage: HelpPage = {
  usage: [
    'dbsync plan [--mode MODE] --campaign ID --token TOKEN --url TARGET',
    '',
    'Shows all that a start with these options would change, and changes nothing: tables and columns to make or widen, the names of columns and the reason for them, what cannot be changed and the statement that allows it, fields that get no column, the time that is copied, and about how many requests that takes. A database user who may only read can run it, and the database may be empty. Without --mode it is the start of a db_sync. In webhook mode: start, receiver, signature, filter and outbox of the next start.',
    '',
    'Exit codes: 0 nothing would change; 5 a start would change something; 8 a change cannot be made, or a start would be refused; others as those of a run.',
  ].join('\n'),
  shows: (option) => isOfCopy(option) || PLAN_TOO.has(option.name),
  examples: [
    [
      'Before a new version, or other options:',
      'dbsync plan --a db_sync --c CAMPAIGN --token-file /etc/dbsync/token --url-file /etc/dbsync/url',
    ],
  ],
  footer: 'Give the options of the run. See docs/explaining.md.',
};

const PLAN_TOO: ReadonlySet<string> = new Set([
  'mode',
  'state-dir',
  'stream',
  'webhook-secret-file',
  'adopt-url',
  'new-state',
]);
