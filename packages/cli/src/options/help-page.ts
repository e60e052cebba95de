import yargs from 'yargs';
import type { CommandOption, OptionGroup } from './command-option.js';

export interface HelpPage {
  readonly usage: string;
  readonly groups: readonly OptionGroup[];
  /** Command lines with what they do. */
  readonly examples: readonly (readonly [command: string, does: string])[];
  readonly footer: string;
}

export const mainPage: HelpPage = {
  usage: [
    'dbsync --mode MODE --campaign ID --token TOKEN --url TARGET',
    'dbsync dead-letters list|show|replay|drop --campaign ID --url TARGET',
    '',
    'Copies a Dialfire or Megadialer campaign into a database and keeps the copy current.',
  ].join('\n'),
  groups: ['What to copy', 'Where to', 'How', 'Webhook', 'Logs and output', 'Options of installed sinks'],
  examples: [
    [
      'dbsync --a db_sync --c CAMPAIGN --ct TOKEN --url mysql://user:password@host/db',
      'Keep a database current, from now on',
    ],
    [
      "dbsync --a webhook --c CAMPAIGN --ct TOKEN --fm hi_updates_only --fp 'fc_,qc_' --s 2024-01-31 --url https://example.com/hook",
      'Send what people did since a day, in tasks of two kinds, to a web service',
    ],
  ],
  footer: [
    'Every option can be given in the environment as DBSYNC_<OPTION>, such as DBSYNC_TOKEN, under its long or its old',
    'name; the command line goes first. Old names take one dash or two.',
    '',
    'Exit codes: 0 done, or stopped as asked; 1 failed while running; 2 mend the command; 3 mend the environment;',
    '128 + n ended by signal n before the work was done. Errors stand on stdout, with a code, and what to do.',
  ].join('\n'),
};

export const deadLettersPage: HelpPage = {
  usage: [
    'dbsync dead-letters list --campaign ID --url TARGET',
    'dbsync dead-letters show KEY... --campaign ID --url TARGET',
    'dbsync dead-letters replay KEY...|--all --campaign ID --url TARGET',
    'dbsync dead-letters drop KEY...|--all --campaign ID --url TARGET',
    '',
    'Dead letters are records that could not be written, kept with the reason. replay and drop leave a request in the',
    'database: the process that holds the campaign answers it with its next cycle, the next one at its start. So the',
    'command runs on any machine that reaches the database. The first letters of a key are enough.',
  ].join('\n'),
  groups: ['What to copy', 'Where to', 'Dead letters', 'Logs and output', 'Options of installed sinks'],
  examples: [
    ['dbsync dead-letters list --c CAMPAIGN --url-file /etc/dbsync/url', 'What could not be written, and why'],
    ['dbsync dead-letters replay --all --c CAMPAIGN --url-file /etc/dbsync/url', 'Fetch and write all of them again'],
  ],
  footer:
    'Give --table-prefix and options of the sink as the run has them; other options of a run are of no effect here.',
};

/** @param columns of the terminal */
export async function renderHelp(page: HelpPage, options: readonly CommandOption[], columns: number): Promise<string> {
  const shown = options.filter(({ group, hidden }) => page.groups.includes(group) && hidden !== true);
  const width = Math.max(60, Math.min(columns, 120));
  const parser = yargs()
    .locale('en')
    .usage(page.usage)
    .help(false)
    .version(false)
    .wrap(width)
    .epilogue(page.footer)
    .options(Object.fromEntries(shown.map((option) => [option.name, yargsOption(option)])))
    .example(page.examples.map(([command, does]) => [`${command}\n`, does] as [string, string]));
  return parser.getHelp();
}

function yargsOption({ group, help, old, values, default: shownDefault }: CommandOption) {
  const choices = values === undefined ? '' : ` [${values.join(', ')}]`;
  return {
    group: `${group}:`,
    describe: help + choices,
    ...(old === undefined ? {} : { alias: old }),
    ...(shownDefault === undefined ? {} : { defaultDescription: shownDefault, default: shownDefault }),
  };
}
