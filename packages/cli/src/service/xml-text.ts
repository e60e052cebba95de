import { CliError } from '../cli-error.js';

/** Writes a text for XML 1.0. @throws CliError for a character that no XML can hold */
export function xmlText(text: string): string {
  if (/\p{Cc}|[\ufffe\uffff]|\p{Surrogate}/u.test(text.replace(/[\n\t]/g, ''))) {
    throw new CliError('CLI_OPTION_VALUE', 'An option has a character that the file of the service cannot hold.');
  }
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
