import { filledIn, type Words } from '../languages/words.js';
import type { CommandOption } from './command-option.js';

export interface HelpPage {
  /** The command lines, then paragraphs. */
  readonly usage: string;
  shows(option: CommandOption): boolean;
  /** The purpose, and the command line. */
  readonly examples: readonly (readonly [purpose: string, command: string])[];
  readonly footer: string;
  /** The values of names in braces, in `usage` and `footer`. */
  readonly values?: Readonly<Record<string, string>>;
}

/** The reader of a page: their language, and the columns of their terminal. */
export interface HelpReader {
  readonly words: Words;
  readonly columns: number;
}

/** Writes a page of help. */
export async function renderPage(
  page: HelpPage,
  options: readonly CommandOption[],
  { words, columns }: HelpReader,
): Promise<string> {
  const shown = options.filter((option) => option.hidden !== true && page.shows(option));
  const examples = page.examples.map(([purpose, command]) => `  ${words(purpose)}\n    ${command}`).join('\n');
  const { default: yargs } = await import('yargs');
  return yargs()
    .locale('en')
    .updateStrings({ 'default:': words('default:') })
    .help(false)
    .version(false)
    .usage(usageIn(words, page))
    .options(Object.fromEntries(shown.map((option) => [option.name, yargsOption(option, words)])))
    .epilogue([...(examples === '' ? [] : [`${words('Examples:')}\n${examples}`]), footerIn(words, page)].join('\n\n'))
    .wrap(Math.max(60, Math.min(columns, 120)))
    .getHelp();
}

/** A part of a command line that is prose, such as `[options of the run]`. */
const PROSE = /\[[a-z]+(?: [a-z]+)+\]/g;

function usageIn(words: Words, { usage, values }: HelpPage): string {
  const [commands = '', ...paragraphs] = usage.split('\n\n');
  const commandLines = filledIn(commands, values ?? {}).replace(PROSE, (prose) => words(prose));
  return [commandLines, ...paragraphs.map((text) => words(text, values))].join('\n\n');
}

function footerIn(words: Words, { footer, values }: HelpPage): string {
  return footer
    .split('\n\n')
    .map((text) => words(text, values))
    .join('\n\n');
}

function yargsOption({ group, help, old, values, default: shownDefault }: CommandOption, words: Words) {
  const choices = values === undefined ? '' : ` [${values.join(', ')}]`;
  const inWords = shownDefault?.includes(' ') ? words(shownDefault) : shownDefault;
  return {
    group: words(`${group}:`),
    describe: words(help) + choices,
    ...(old === undefined ? {} : { alias: old }),
    ...(inWords === undefined ? {} : { defaultDescription: inWords, default: inWords }),
  };
}
