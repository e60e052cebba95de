import { CliError } from '../cli-error.js';
import type { CheckedValues } from './checked-values.js';
import { parseFilterPrefixes } from './filter-prefixes.js';

/** Which fields are left out or hashed, as given. */
export interface FieldOptions {
  readonly exclude: readonly string[];
  readonly hash: readonly string[];
  /** null: none is needed. */
  readonly keyFile: string | null;
}

/** The globs of both options. Hashes without a key are refused: those of phone numbers could be found by trying all of them. */
export function fieldOptions(checked: CheckedValues): FieldOptions {
  const globs = (name: 'exclude-fields' | 'hash-fields') =>
    parseFilterPrefixes((checked.text(name) ?? '').replaceAll('\n', ','));
  const [exclude, hash] = [globs('exclude-fields'), globs('hash-fields')];
  const keyFile = checked.text('hash-key-file');
  if (hash.length > 0 && keyFile === null) {
    throw new CliError('CLI_OPTION_MISSING', '--hash-fields needs a key: give it as --hash-key-file FILE.');
  }
  return { exclude, hash, keyFile: hash.length > 0 ? keyFile : null };
}
