import type { CommandOption } from './command-option.js';

export interface HelpPage {
  readonly usage: string;
  shows(option: CommandOption): boolean;
  /** The purpose, and the command line. */
  readonly examples: readonly (readonly [purpose: string, command: string])[];
  readonly footer: string;
}

/** Writes a page of help. @param columns of the terminal */
export async function renderPage(page: HelpPage, options: readonly CommandOption[], columns: number): Promise<string> {
  const shown = options.filter((option) => option.hidden !== true && page.shows(option));
  const examples = page.examples.map(([purpose, command]) => `  ${purpose}\n    ${command}`).join('\n');
  const { default: yargs } = await import('yargs');
  return yargs()
    .locale('en')
    .help(false)
    .version(false)
    .usage(page.usage)
    .options(Object.fromEntries(shown.map((option) => [option.name, yargsOption(option)])))
    .epilogue([...(examples === '' ? [] : [`Examples:\n${examples}`]), page.footer].join('\n\n'))
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
