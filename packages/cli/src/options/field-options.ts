import { CliError } from '../cli-error.js';
import type { CheckedValues } from './checked-values.js';
import { parseFilterPrefixes } from './filter-prefixes.js';

/** The fields that are left out or hashed, as given. */
export interface FieldOptions {
  readonly exclude: readonly string[];
  readonly hash: readonly string[];
  /** null: none is needed. */
  readonly keyFile: string | null;
}

/**
 * Returns the globs of both options. Hashes without a key are refused: the hash of a phone number could be found by
 * trying all numbers.
 */
export function fieldOptions(checked: CheckedValues): FieldOptions {
  const globs = (name: 'exclude-fields' | 'hash-fields') => globsOf(checked.text(name), name);
  const [exclude, hash] = [globs('exclude-fields'), globs('hash-fields')];
  const keyFile = checked.text('hash-key-file');
  if (hash.length > 0 && keyFile === null) {
    throw new CliError('CLI_OPTION_MISSING', '--hash-fields needs a key: give it as --hash-key-file FILE.');
  }
  return { exclude, hash, keyFile: hash.length > 0 ? keyFile : null };
}

/**
 * Reads the globs of one option. An empty name is refused: mostly a shell or systemd has replaced `$phone` by an empty
 * variable, and then the copy would hold a value that should be left out.
 */
function globsOf(text: string | null, option: string): readonly string[] {
  if (text === null) return [];
  const items = text.replace(/\s*,?\s*\n\s*/g, ',').split(',');
  const globs = items.flatMap((item) => parseFilterPrefixes(item));
  if (globs.length === items.length && !globs.some((glob) => glob.endsWith('.'))) return globs;
  const message = `A name is missing in --${option} "${text}". A shell reads $ in double quotes: write '$phone' in single quotes, and $$phone in a unit of systemd.`;
  throw new CliError('CLI_OPTION_VALUE', message);
}
