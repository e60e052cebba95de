import type { HelpPage } from './help-page.js';

export const servicePage: HelpPage = {
  usage: [
    'dbsync service install --campaign ID --token-file FILE --url-file FILE [options of the run]',
    'dbsync service install --config FILE [--campaign NAME]',
    'dbsync service uninstall|status --campaign ID | --config FILE',
    'dbsync service print [--campaign ID] [options of the run]',
    '',
    'install makes a service of the system that runs a campaign: a unit of systemd on Linux, a daemon of launchd on macOS, a task of the Task Scheduler on Windows. It copies token and URL to files that only the service can read, writes the other options beside them, and starts the service. It prints each step, and replaces no file that it did not write. Call it again with other options to change them. With --config it makes one service of systemd for all campaigns of the file, or one for the campaign that --campaign names.',
    '',
    'uninstall stops the service and removes its files. Token, URL, logs and the state of webhook mode stay, and the command prints how to remove them. status shows the files and what the service manager says. print shows the files without writing one.',
    '',
    'Exit codes of status: 0 the service runs; 7 it does not.',
  ].join('\n'),
  shows: ({ name, group }) => group === 'Service' || SERVICE_OPTIONS.has(name),
  examples: [
    [
      'Keep the copy of a campaign current, also after a restart of the machine:',
      'dbsync service install --c CAMPAIGN --token-file token --url-file url',
    ],
    [
      'Send its transactions to a web service:',
      'dbsync service install --a webhook --c CAMPAIGN --token-file token --url-file url',
    ],
    ['See before what it would do:', 'dbsync service install --c CAMPAIGN --token-file token --url-file url --dry-run'],
  ],
  footer:
    'Every option of a run is taken: see dbsync help options. docs/service-command.md has the rights, folders and limits of the service.',
};

const SERVICE_OPTIONS: ReadonlySet<string> = new Set([
  'mode',
  'campaign',
  'config',
  'token',
  'token-file',
  'url',
  'url-file',
  'help',
]);
