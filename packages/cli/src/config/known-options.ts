import type { OptionValues } from '../options/command-option.js';
import { type RunOptions, runOptions } from '../options/run-options.js';

/** Values that stand for options which are missing, or are known at the start alone. */
export const STAND_INS: OptionValues = new Map([
  ['mode', 'db_sync'],
  ['campaign', 'CAMPAIGN'],
  ['token', 'TOKEN'],
  ['url', 'sqlite:FILE'],
]);

/**
 * Returns the options as far as they are known before any file of a secret is read: token and URL may be others.
 *
 * @throws CliError for a value that is wrong
 */
export function knownOptions(values: OptionValues): RunOptions {
  return runOptions(new Map([...STAND_INS, ...values]));
}
