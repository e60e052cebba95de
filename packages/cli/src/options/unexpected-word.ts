import { CliError } from '../cli-error.js';
import { nearestName } from './nearest-name.js';
import { optionOf } from './option-list.js';

/** A command as it is typed, and the words by which users may ask for it. */
interface TypedCommand {
  readonly typed: string;
  readonly words: readonly string[];
}

/**
 * Refuses a word that belongs to no option: lists the commands, the nearest first. The word may be a secret whose
 * option was forgotten, so the message never shows it.
 * @param named the commands that a first word names
 */
export function unexpectedWord(word: string, named: readonly string[]): CliError {
  const modes = (optionOf('mode').values ?? []).map((mode) => ({
    typed: `--mode ${mode}`,
    words: [mode, mode.replace(/^db_/, '')],
  }));
  const commands: readonly TypedCommand[] = [...modes, ...named.map((name) => ({ typed: name, words: [name] }))];
  const nearest = nearestCommand(word, commands);
  const ordered = nearest === null ? commands : [nearest, ...commands.filter((command) => command !== nearest)];
  const meant = nearest === null ? '' : ` Did you mean ${nearest.typed}?`;
  const list = ordered.map(({ typed }) => typed).join(', ');
  return new CliError(
    'CLI_WORD_UNEXPECTED',
    `A word of ${word.length} letters belongs to no option.${meant} Commands: ${list}.`,
  );
}

function nearestCommand(word: string, commands: readonly TypedCommand[]): TypedCommand | null {
  const name = nearestName(
    word.toLowerCase(),
    commands.flatMap(({ words }) => words),
  );
  return commands.find(({ words }) => name !== null && words.includes(name)) ?? null;
}
