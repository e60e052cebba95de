import { CliError } from '../cli-error.js';
import type { OptionValues } from './command-option.js';
import type { OptionName } from './option-list.js';
import { readSecretFile } from './secret-file.js';

/** The options whose value may be in a file, and those that name the file. */
export const SECRETS_IN_FILES = [
  ['token', 'token-file'],
  ['url', 'url-file'],
  ['alert-url', 'alert-url-file'],
  ['healthcheck-url', 'healthcheck-url-file'],
] as const satisfies readonly (readonly [OptionName, OptionName])[];

/**
 * Merges the command line over the environment. Reads `token` and URLs from their files; a value wins over a file of a
 * weaker layer, which is then ignored.
 */
export async function readValues(commandLine: OptionValues, environment: OptionValues): Promise<OptionValues> {
  const values = new Map([...environment, ...commandLine]);
  for (const [option, fileOption] of SECRETS_IN_FILES) {
    const layer = [commandLine, environment].find((given) => given.has(option) || given.has(fileOption));
    if (layer === undefined) continue;
    if (layer.has(option) && layer.has(fileOption)) {
      throw new CliError('CLI_OPTION_CONFLICT', `Both --${option} and --${fileOption} are given.`);
    }
    const file = layer.get(fileOption);
    if (file !== undefined) values.set(option, await readSecretFile(file, fileOption));
    else values.delete(fileOption);
  }
  return values;
}
