import { allCommands } from '../commands/commands.js';
import type { HelpReader } from '../options/help-page.js';
import { wrapText } from '../terminal/wrap-text.js';
import { MODES } from './modes.js';

/**
 * Writes the first page of the help: the modes with an example each, the commands, and where to read on. It fits two
 * screens of 24 lines in English.
 *
 * @param schemes of the installed sinks
 */
export function frontPage(schemes: readonly string[], { words, columns }: HelpReader): string {
  const width = Math.max(60, Math.min(columns, 120));
  const commands = allCommands();
  const longest = Math.max(...commands.map(({ name }) => name.length));
  const item = (term: string, text: string) => hanging(term.padEnd(longest), words(text), Math.max(80, width));
  const page = (command: string, text: string) => item(command.padEnd(LONGEST_PAGE), text);
  return [
    ...wrapText(
      words(
        'dbsync copies a Dialfire or Megadialer campaign into a database and keeps the copy current, or sends its transactions to a web service.',
      ),
      width,
    ),
    '',
    'dbsync --mode MODE --campaign ID --token TOKEN --url TARGET',
    ...MODES.flatMap(({ name, summary, example }) => [...item(name, summary), `    ${example}`]),
    '',
    'dbsync COMMAND --campaign ID --url TARGET',
    ...commands.flatMap(({ name, summary }) => item(name, summary)),
    '',
    ...wrapText(
      schemes.length === 0
        ? words('Installed targets: none; see the README')
        : words('Installed targets: {targets}', { targets: schemes.join(', ') }),
      width,
    ),
    '',
    words('Read on:'),
    ...page('dbsync help options', 'all options of a run, environment, exit codes'),
    ...page('dbsync help COMMAND', 'a command and its options'),
    ...page('dbsync help SCHEME', 'the options of a target, such as dbsync help mysql'),
    ...page('man dbsync', 'all of it in one page'),
  ].join('\n');
}

const LONGEST_PAGE = 'dbsync help COMMAND '.length;

/** Writes a term with its text beside it, whose further lines stand below the first. */
function hanging(term: string, text: string, width: number): readonly string[] {
  const indent = ' '.repeat(term.length + 4);
  const [first = '', ...others] = wrapText(text, width, indent);
  return [`  ${term}  ${first.trimStart()}`, ...others];
}
