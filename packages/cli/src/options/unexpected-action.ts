import { CliError } from '../cli-error.js';
import { nearestName } from './nearest-name.js';

/** Refuses a word that is no action of the command. The word may be a secret, so the message never shows it. */
export function unexpectedAction(command: string, word: string | undefined, actions: readonly string[]): CliError {
  const list = actions.join(', ');
  if (word === undefined) {
    return new CliError('CLI_WORD_UNEXPECTED', `${command} needs one of these words after it: ${list}.`);
  }
  const nearest = nearestName(word.toLowerCase(), actions);
  const meant = nearest === null ? '' : ` Did you mean ${command} ${nearest}?`;
  const message = `A word of ${word.length} letters after ${command} is no action.${meant} Actions: ${list}.`;
  return new CliError('CLI_WORD_UNEXPECTED', message);
}
