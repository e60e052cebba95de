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
