import type { CommandOption, OptionValues } from './command-option.js';

/** `DBSYNC_<OPTION>`, in capitals, dashes as underscores: the long name wins over the old one. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  options: readonly CommandOption[],
): OptionValues {
  const values = new Map<string, string>();
  for (const option of options) {
    const value = [option.name, option.old]
      .map((name) => (name === undefined ? undefined : environment[variableOf(name)]))
      .find((text) => text !== undefined && (text !== '' || option.mayBeEmpty === true));
    if (value !== undefined) values.set(option.name, value);
  }
  return values;
}

export function variableOf(name: string): string {
  return `DBSYNC_${name.toUpperCase().replaceAll('-', '_')}`;
}
