import { allCommands } from '../commands/commands.js';
import { wrapText } from '../terminal/wrap-text.js';
import { MODES } from './modes.js';

/**
 * Writes the first page of the help: the modes with an example each, the commands, and where to read on. It fits two
 * screens of 24 lines.
 *
 * @param schemes of the installed sinks
 * @param columns of the terminal
 */
export function frontPage(schemes: readonly string[], columns: number): string {
  const width = Math.max(60, Math.min(columns, 120));
  const commands = allCommands();
  const longest = Math.max(...commands.map(({ name }) => name.length));
  const targets = schemes.length === 0 ? 'none; see the README' : schemes.join(', ');
  return [
    ...wrapText(
      'dbsync copies a Dialfire or Megadialer campaign into a database and keeps the copy current, or sends its transactions to a web service.',
      width,
    ),
    '',
    'dbsync --mode MODE --campaign ID --token TOKEN --url TARGET',
    ...MODES.flatMap(({ name, summary, example }) => [`  ${name.padEnd(longest)}  ${summary}`, `    ${example}`]),
    '',
    'dbsync COMMAND --campaign ID --url TARGET',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(longest)}  ${summary}`),
    '',
    ...wrapText(`Installed targets: ${targets}`, width),
    '',
    'Read on:',
    '  dbsync help options   all options of a run, environment, exit codes',
    '  dbsync help COMMAND   a command and its options',
    '  dbsync help SCHEME    the options of a target, such as dbsync help mysql',
    '  man dbsync            all of it in one page',
  ].join('\n');
}
