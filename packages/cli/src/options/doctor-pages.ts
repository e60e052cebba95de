import type { HelpPage } from './help-page.js';

export const doctorPage: HelpPage = {
  usage: [
    'dbsync doctor --campaign ID --token TOKEN --url TARGET [options of the run]',
    '',
    'Checks all that a run depends on, beside a running daemon or without one, and changes nothing: Node.js, folders and their disks, files of secrets; proxy, address, certificate, token, campaign and clock of the API; the installed sinks; the login, rights, version, settings and tables of the database, or the receiver of webhooks and the state file. Give the options of the run. A check that cannot be made says why, and the others go on. It ends within a minute.',
    '',
    'The receiver of webhooks gets one sample delivery, as by dbsync webhook test, of the contact DBSYNC-TEST; --no-sample leaves it out.',
    '',
    'Exit codes: 0 no failures, warnings or not; 3 a check failed; 2 correct the command.',
  ].join('\n'),
  shows: ({ name, group }) => GROUPS.has(group) || OPTIONS.has(name),
  examples: [
    [
      'Before the first start, and whenever something is wrong:',
      'dbsync doctor --c CAMPAIGN --token-file /etc/dbsync/token --url-file /etc/dbsync/url',
    ],
  ],
  footer: 'Each failure and warning has a remedy to paste. --json prints one object: see docs/doctor.md.',
};

export const diagPage: HelpPage = {
  usage: [
    'dbsync diag [--diag-file FILE] --campaign ID --token TOKEN --url TARGET [options of the run]',
    '',
    'Collects what helps to find a fault in one archive that only you can read: versions, the given options, the output of doctor (without a sample delivery) and status, and the ends of the newest logs of the campaign. Passwords, tokens, secrets, e-mail addresses and telephone numbers are taken out; ids of contacts stay. It sends nothing: look at it before you send it.',
    '',
    'Exit codes: 0 the archive was made, whatever it shows; 3 it could not be made; 2 correct the command.',
  ].join('\n'),
  shows: (option) => doctorPage.shows(option) || option.name === 'diag-file',
  examples: [
    [
      'Something is wrong, and you ask the support of dbsync for help:',
      'dbsync diag --c CAMPAIGN --token-file /etc/dbsync/token --url-file /etc/dbsync/url',
    ],
  ],
  footer: 'Give the options of the run. --json prints one object: see docs/doctor.md.',
};

export const pluginsPage: HelpPage = {
  usage: [
    'dbsync plugins list',
    'dbsync plugins test --url TARGET',
    '',
    'list shows each installed sink: its schemes, package, version, contract and folder, and whether it comes with dbsync or from a third party. None of its code runs.',
    '',
    'test runs the conformance suite of @dbsync/testkit with the sink of --url on that target, which must be empty: a database, schema, file or folder for tests. It takes some minutes, and leaves nothing behind. Exit codes: 0 all cases passed; 1 some failed; 2 the target holds something, or the sink has no module for tests; 3 @dbsync/testkit is not installed.',
  ].join('\n'),
  shows: ({ name, group }) => group === 'Options of installed sinks' || PLUGIN_OPTIONS.has(name),
  examples: [
    [
      'Before a copy into a server that dbsync is not tested with:',
      'dbsync plugins test --url postgres://dbsync:password@host/dbsync_test',
    ],
  ],
  footer: '--json prints one object: see docs/doctor.md.',
};

const PLUGIN_OPTIONS: ReadonlySet<string> = new Set(['url', 'url-file', 'plugin-dir', 'json', 'help']);

const GROUPS: ReadonlySet<string> = new Set(['Where to', 'Options of installed sinks']);
const OPTIONS: ReadonlySet<string> = new Set([
  'mode',
  'campaign',
  'token',
  'token-file',
  'api-url',
  'api-ca',
  'proxy',
  'state-dir',
  'stream',
  'log-dir',
  'no-sample',
  'json',
  'help',
]);
