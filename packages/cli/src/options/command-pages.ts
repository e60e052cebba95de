import type { HelpPage } from './help-page.js';

export const deadLettersPage: HelpPage = {
  usage: [
    'dbsync dead-letters list --campaign ID --url TARGET',
    'dbsync dead-letters show KEY... --campaign ID --url TARGET',
    'dbsync dead-letters replay KEY...|--all --campaign ID --url TARGET',
    'dbsync dead-letters drop KEY...|--all --campaign ID --url TARGET',
    '',
    'Dead letters are records that could not be written, kept with the reason. replay and drop leave a request in the database: the process that holds the campaign answers it within its next cycle, or the next one at its start. So the command runs on any machine that reaches the database. The first letters of a key are enough.',
  ].join('\n'),
  shows: ({ name, group }) =>
    group === 'Dead letters' || group === 'Options of installed sinks' || DEAD_LETTER_OPTIONS.has(name),
  examples: [
    [
      'Show which records could not be written, and why:',
      'dbsync dead-letters list --c CAMPAIGN --url-file /etc/dbsync/url',
    ],
    ['Fetch and write all of it again:', 'dbsync dead-letters replay --all --c CAMPAIGN --url-file /etc/dbsync/url'],
  ],
  footer:
    'Give --table-prefix and options of the sink as the run has them. Other options of a run are accepted, and have no effect.',
};

export const forgetPage: HelpPage = {
  usage: [
    'dbsync forget CONTACT... --campaign ID --url TARGET',
    'dbsync forget CONTACT... --undo --campaign ID --url TARGET',
    '',
    'Removes all that the target holds of these contacts (rows of all tables, inbound calls, dead letters, deliveries that wait, their log) and keeps them out: a salted hash of the id stays, and no event, listing or replay brings the contact back. The process that holds the campaign does it within its next cycle, and the command waits for that; where none runs, the command does it at once. The command prints the number of removed rows.',
    '',
    '--undo lets the contacts in again: dbsync fetches them from the API. Data that the API no longer has is lost.',
  ].join('\n'),
  shows: ({ name, group }) =>
    group === 'Forget' || group === 'Options of installed sinks' || DEAD_LETTER_OPTIONS.has(name),
  examples: [
    ['A person demands erasure:', 'dbsync forget 3HN9KDGRSTZVRAYQ --c CAMPAIGN --url-file /etc/dbsync/url'],
    ['It was the wrong contact:', 'dbsync forget 3HN9KDGRSTZVRAYQ --undo --c CAMPAIGN --url-file /etc/dbsync/url'],
  ],
  footer:
    'Delete the contact in the campaign too: dbsync never writes there. Backups, replicas and logs of the database keep their data: see docs/security.md.',
};

export const mirrorPage: HelpPage = {
  usage: [
    'dbsync mirror-deletions --allow NUMBER --campaign ID --url TARGET',
    '',
    'A db_sync with --mirror-deletions removes only a limited number of deleted contacts at once, and one without the option marks only a limited number. If more contacts are missing in the campaign, it changes none, and its log names their number. This command allows that number, once. The process that holds the campaign then removes, or marks, the contacts that two complete listings a day apart have lacked. It does so in its next cycle, or in its first cycle if no process runs now. Before that it asks the API for each of them. If more than NUMBER are missing by then, it changes none.',
  ].join('\n'),
  shows: ({ name, group }) =>
    group === 'Mirror deletions' || group === 'Options of installed sinks' || DEAD_LETTER_OPTIONS.has(name),
  examples: [
    [
      'Many contacts were deleted on purpose:',
      'dbsync mirror-deletions --allow 1200 --c CAMPAIGN --url-file /etc/dbsync/url',
    ],
  ],
  footer:
    'Give --table-prefix and options of the sink as the run has them. Other options of a run are accepted, and have no effect.',
};

export const deliveriesPage: HelpPage = {
  usage: [
    'dbsync deliveries [list] --campaign ID',
    'dbsync deliveries show|retry|drop ID...|--contact ID|--all --campaign ID',
    'dbsync deliveries pause|resume --campaign ID',
    'dbsync deliveries replay --since TIME [--until TIME] [--even-if-deleted] --campaign ID',
    '',
    'Shows the deliveries of webhook mode that wait, by contact, with the failures and their reasons; and controls them. It works on the outbox of this machine. list and show read it, beside a running daemon or without one. The others leave a request, recorded with time and user: the running daemon carries it out within a second, else the next one at its start.',
    '',
    'show prints a message in full, with its last 20 attempts. retry makes it due at once. drop makes it a dead letter at once. pause: nothing is sent until resume, also after a restart. replay sends the messages that were accepted in that time again, under the same ids; messages of contacts that the campaign has deleted are left out without --even-if-deleted.',
  ].join('\n'),
  shows: ({ name, group }) => group === 'Deliveries' || DELIVERY_OPTIONS.has(name),
  examples: [
    ['See whether deliveries are held up:', 'dbsync deliveries --failed --c CAMPAIGN'],
    ['Try one customer again now:', 'dbsync deliveries retry --contact 3HN9KDGRSTZVRAYQ --c CAMPAIGN'],
    ['The receiver lost the deliveries of a day:', 'dbsync deliveries replay --since 2026-03-02 --c CAMPAIGN'],
  ],
  footer: 'Give --state-dir and --stream as the run has them. Other options of a run are accepted, and have no effect.',
};

const DELIVERY_OPTIONS: ReadonlySet<string> = new Set([
  'even-if-deleted',
  'campaign',
  'state-dir',
  'stream',
  'all',
  'since',
  'json',
  'help',
]);

const DEAD_LETTER_OPTIONS: ReadonlySet<string> = new Set([
  'campaign',
  'url',
  'url-file',
  'table-prefix',
  'state-dir',
  'stream',
  'plugin-dir',
  'json',
  'help',
]);

export const webhookPage: HelpPage = {
  usage: [
    'dbsync webhook test --url TARGET',
    '',
    'Sends one sample delivery with the real shape and a signature, prints the request and the answer, and ends with 0 where it was accepted; 1 where it was not; 3 where no receiver was reached; 4 where it wants no deliveries. No campaign and no outbox are needed. The receiver sees a delivery like any other, of the contact DBSYNC-TEST.',
  ].join('\n'),
  shows: ({ name, group }) => TEST_OPTIONS.has(name) || group === 'Options of installed sinks',
  examples: [
    [
      'Before the first run:',
      'dbsync webhook test --url https://crm.example.com/hooks/calls --webhook-secret-file secrets',
    ],
  ],
  footer: 'Other options of a run are accepted, and have no effect.',
};

const TEST_OPTIONS: ReadonlySet<string> = new Set([
  'url',
  'url-file',
  'plugin-dir',
  'webhook-secret-file',
  'webhook-header',
  'webhook-accept-if-contains',
  'allow-link-local',
  'deny-private',
  'json',
  'help',
]);
