import type { HelpPage } from '../options/help-page.js';

/** The groups of options that only single commands take, each shown by the help of its command. */
const OF_COMMANDS: ReadonlySet<string> = new Set([
  'Dead letters',
  'Deliveries',
  'Forget',
  'Mirror deletions',
  'Verify',
  'Doctor',
  'Service',
]);

/** The page of `dbsync help options`: every option of a run. */
export const allOptionsPage: HelpPage = {
  usage: 'dbsync --mode MODE --campaign ID --token TOKEN --url TARGET [OPTIONS]',
  shows: ({ group }) => !OF_COMMANDS.has(group),
  examples: [],
  footer: [
    'Every option can be given in the environment as DBSYNC_<OPTION>, such as DBSYNC_TOKEN, under its long or its old name; the command line has priority. Old names take one dash or two.',
    'Exit codes: 0 done, or a daemon stopped as asked; 1 failed while running; 2 correct the command; 3 correct the environment, or doctor found failures; 4 the target accepts no more; 5 verify or explain found differences, or plan a change; 6 status: late; 7 status: no process holds it; 8 explain or verify knows no such id, or plan found a change that cannot be made; 128 + n ended by signal n before the work was done. Errors are printed on stdout, with a code and what to do.',
  ].join('\n\n'),
};
