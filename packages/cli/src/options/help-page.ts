import yargs from 'yargs';
import type { CommandOption } from './command-option.js';

export interface HelpPage {
  readonly usage: string;
  shows(option: CommandOption): boolean;
  /** The purpose, and the command line. */
  readonly examples: readonly (readonly [purpose: string, command: string])[];
  readonly footer: string;
}

export const mainPage: HelpPage = {
  usage: [
    'dbsync --mode MODE --campaign ID --token TOKEN --url TARGET',
    'dbsync dead-letters list|show|replay|drop --campaign ID --url TARGET',
    'dbsync verify [--repair] --campaign ID --token TOKEN --url TARGET',
    'dbsync refetch CONTACT...|--since TIME|--all --campaign ID --token TOKEN --url TARGET',
    'dbsync forget CONTACT... --campaign ID --url TARGET',
    'dbsync mirror-deletions --allow NUMBER --campaign ID --url TARGET',
    'dbsync deliveries [show|retry|drop|pause|resume|replay] --campaign ID',
    'dbsync webhook test --url TARGET',
    '',
    'Copies a Dialfire or Megadialer campaign into a database and keeps the copy current, or sends its transactions to a web service.',
  ].join('\n'),
  shows: ({ group }) =>
    group !== 'Dead letters' &&
    group !== 'Deliveries' &&
    group !== 'Forget' &&
    group !== 'Mirror deletions' &&
    group !== 'Verify',
  examples: [
    [
      'Keep a database current, from now on:',
      'dbsync --a db_sync --c CAMPAIGN --ct TOKEN --url mysql://user:password@host/db',
    ],
    [
      'Send what people did since a day, in tasks of two kinds, to a web service:',
      "dbsync --a webhook --c CAMPAIGN --ct TOKEN --s 2024-01-31 --fm hi_updates_only --fp 'fc_,qc_' --url https://example.com/hook",
    ],
  ],
  footer: [
    'Every option can be given in the environment as DBSYNC_<OPTION>, such as DBSYNC_TOKEN, under its long or its old name; the command line goes first. Old names take one dash or two.',
    'Exit codes: 0 done, or a daemon stopped as asked; 1 failed while running; 2 correct the command; 3 correct the environment; 4 the target accepts no more; 5 verify found differences; 128 + n ended by signal n before the work was done. Errors stand on stdout, with a code and what to do.',
  ].join('\n\n'),
};

/** Writes a page of help. @param columns of the terminal */
export async function renderHelp(page: HelpPage, options: readonly CommandOption[], columns: number): Promise<string> {
  const shown = options.filter((option) => option.hidden !== true && page.shows(option));
  const examples = page.examples.map(([purpose, command]) => `  ${purpose}\n    ${command}`).join('\n');
  return yargs()
    .locale('en')
    .help(false)
    .version(false)
    .usage(page.usage)
    .options(Object.fromEntries(shown.map((option) => [option.name, yargsOption(option)])))
    .epilogue(`Examples:\n${examples}\n\n${page.footer}`)
    .wrap(Math.max(60, Math.min(columns, 120)))
    .getHelp();
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
